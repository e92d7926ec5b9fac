import { get } from 'node:http';
import { lab, type Scalar } from '#labs/index.ts';

const majors = [22, 24, 26] as const;
const names = ['a plain call', 'an async function', 'WebAssembly', 'slices of 10 ms', 'a worker thread'];

/** A GET on a connection of its own: the body, and how long it took in ms. */
const ask = (url: string): Promise<{ body: string; ms: number }> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    get(url, { agent: false }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => {
        resolve({ body, ms: performance.now() - start });
      });
    }).on('error', reject);
  });

export default lab({
  title: 'The same work in five places',
  claim:
    'A server answers nobody while it computes, in an async function and in WebAssembly too; with slices or a worker thread it answers. The delay histogram shows such a stall unless reset() came just before it.',
  engines: ['node'],
  alone: true,
  async run({ node, port, fact, holds, measure, series }) {
    const url = `http://127.0.0.1:${await port()}`;
    const server = (await node()).start('loop-delay/server.ts', { env: { PORT: new URL(url).port } });
    await server.line(/listening/);
    const rows: Scalar[][] = [];
    const delays: [string, number][] = [];
    for (const name of names) {
      const started = server.stdout.split('started').length;
      const work = ask(`${url}/${encodeURIComponent(name)}`);
      while (server.stdout.split('started').length === started) await new Promise(setImmediate);
      // #region others
      let answered = 0;
      const times: number[] = [];
      for (let working = 'true'; working === 'true';) {
        const other = await ask(`${url}/other`);
        working = other.body; // says whether the work still ran when it was answered
        if (working === 'true') answered += 1;
        times.push(other.ms);
      }
      // #endregion others
      const { took, delay } = JSON.parse((await work).body) as { took: number; delay: number };
      rows.push([name, answered === 0 ? 'nobody' : 'others']);
      delays.push([name, delay]);
      const median = times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;
      measure(`another request during ${name}`, median, 'ms');
      if (name !== 'an async function') measure(`time of ${name}`, took, 'ms');
    }
    fact('who is answered meanwhile', { columns: ['the work runs in', 'answered'], rows });
    series('longest event-loop delay', { x: 'the work runs in', y: 'delay', unit: 'ms', points: delays });

    const seen: Scalar[][] = [];
    let stalls = true;
    for (const major of majors) {
      const { stdout } = await (await node(major)).run('loop-delay/delay.cjs');
      const cases = JSON.parse(stdout) as Record<string, [timer: number, iteration: number]>;
      Object.entries(cases).forEach(([name, maxima], row) => {
        const cells = maxima.map((max) => (max > 250 ? 'seen' : 'missed'));
        stalls &&= maxima.every((max) => max > 250 || max < 200);
        (seen[row] ??= [name]).push(...(major === 22 ? cells.slice(0, 1) : cells));
        if (major === 26 && name === 'reset() just before') {
          measure('maximum after reset() just before 300 ms', maxima[0], 'ms');
          measure('maximum by turns after reset() just before 300 ms', maxima[1], 'ms');
        }
      });
    }
    fact('a stall of 300 ms in the histogram', {
      columns: ['case', '22', '24', '24 by turns', '26', '26 by turns'],
      rows: seen,
    });
    holds('What is missed is missed by a third or more', stalls);
  },
});
