import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lab, type Scalar } from '#labs/index.ts';

const shapes = ['one process', '2 processes', '2 threads'] as const;

export default lab({
  title: 'Two processes and two threads serve more; only threads keep the loop free',
  claim:
    'Two cluster workers and a pool of two threads both compute two reports at once, where one process computes one; meanwhile only the process with threads answers its health check.',
  engines: ['node', 'http'],
  alone: true,
  async run({ node, http, port, folder, sleep, until, fact, holds, measure }) {
    const newest = await node();
    const place = await folder();
    const servers = [];
    for (const shape of shapes) {
      const at = String(await port());
      const began = path.join(place, `began-${servers.length}`);
      const program = newest.start('two-cores/server.mjs', { args: [shape, at, began] });
      servers.push({ shape, url: `http://127.0.0.1:${at}`, began, program, rates: [] as number[] });
    }
    for (const { program } of servers) await program.line(/listening/);

    // Rounds alternate, so that whatever else the machine does falls on all three.
    for (let round = 0; round < 6; round += 1) {
      for (const { url, rates } of servers) {
        const { rate } = await http.load({ url, connections: 8, seconds: 0.3 });
        rates.push(rate);
      }
    }
    const rate = servers.map(({ rates }) => Math.max(...rates)); // the round that was disturbed least
    const [one = NaN, processes = NaN, threads = NaN] = rate;
    shapes.forEach((shape, index) => {
      measure(`reports per second, ${shape}`, rate[index] ?? NaN, '/s');
    });
    measure('gain of 2 processes', processes / one, '×');
    measure('gain of 2 threads', threads / one, '×');

    const parsing = await newest.runRegion('two-cores/parsing.mjs#cores');
    measure('cores that one process uses while it parses JSON', Number(parsing.stdout), 'cores');
    holds(
      'Garbage collection adds more than 5 % to what the main thread uses',
      Number(parsing.stdout) > 1.05,
    );

    const rows: Scalar[][] = [];
    for (const { shape, url, began } of servers) {
      // #region health
      const gate = path.join(place, `gate-${shape}`);
      const reports = [1, 2].map((n) => fetch(`${url}/?n=${n}&gate=${encodeURIComponent(gate)}`));
      const begun = () => [1, 2].filter((n) => existsSync(`${began}.${n}`)).length;
      await until('the reports compute', () => begun() >= (shape === 'one process' ? 1 : 2));

      const health = fetch(`${url}/health`).then(() => 'answered');
      const answer = await Promise.race([health, sleep(shape === '2 threads' ? 20_000 : 300)]);
      const atOnce = begun();
      await writeFile(gate, ''); // now the reports may end
      // #endregion health
      await Promise.all([...reports, health]);
      rows.push([shape, atOnce, answer ?? 'waits for a report']);
    }
    fact('two reports and a health check', { columns: ['server', 'reports at once', '/health'], rows });
  },
});
