import { lab, type Scalar } from '#labs/index.ts';

const majors = [22, 24, 26] as const;

export default lab({
  title: 'A rejection that is awaited too late ends the process',
  claim:
    'A promise that rejects while the function awaits another one ends the process although a try/catch stands around both; the handler must be attached before the microtasks of that callback are drained.',
  engines: ['node'],
  async run({ node, fact, holds }) {
    const listed = await (await node()).run('late-await.cjs');
    const cases = JSON.parse(listed.stdout) as string[];
    const rows: Scalar[][] = [];
    let same = true;
    for (const name of cases) {
      const ends = new Map<string, readonly Scalar[]>();
      for (const major of majors) {
        const { code, lines } = await (await node(major)).run('late-await.cjs', { args: [name] });
        const end = [lines.join(', ') || 'nothing', code];
        ends.set(JSON.stringify(end), end);
      }
      same &&= ends.size === 1;
      rows.push([name, ...([...ends.values()][0] ?? [])]);
    }
    fact('how each ends', { columns: ['case', 'printed', 'exit code'], rows });
    holds('Each ends the same way on Node.js 22, 24 and 26', same);
  },
});
