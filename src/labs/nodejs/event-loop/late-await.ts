import { lab, type Scalar } from '#labs/index.ts';

const majors = [22, 24, 26] as const;

/** An await that nothing can ever resume, in two places. */
const forgotten = [
  ['in an async function', 'cjs', '(async () => { await new Promise(() => {}); })();'],
  ['at the top level of an ES module', 'mjs', 'await new Promise(() => {});'],
] as const;

export default lab({
  title: 'A rejection that is awaited too late ends the process',
  claim:
    'A promise that rejects while the function awaits another one ends the process although a try/catch stands around both; a handler counts until the queues behind that callback are empty. A promise that nothing can settle ends it in the middle of the function.',
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
    const ends: Scalar[][] = [];
    for (const [where, type, source] of forgotten) {
      const codes = new Set<number | null>();
      for (const major of majors) codes.add((await (await node(major)).runSource(source, type)).code);
      same &&= codes.size === 1;
      ends.push([where, [...codes][0] ?? null]);
    }
    fact('awaiting what nothing can settle', { columns: ['where', 'exit code'], rows: ends });
    holds('Each ends the same way on Node.js 22, 24 and 26', same);
  },
});
