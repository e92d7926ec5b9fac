import { lab, type Scalar } from '#labs/index.ts';

/** What thread-pool.cjs prints: each job in the order of its end, and how many of the four hashes had ended by then. */
interface Output {
  readonly ended: readonly { readonly name: string; readonly hashed: number; readonly ms: number }[];
  readonly utilization: number;
}

const majors = [22, 24, 26] as const;
const jobs = [
  'fs.stat',
  'dns.lookup',
  'socket to a name',
  'dns.resolve4',
  'socket to an address',
  'timer of 20 ms',
] as const;

export default lab({
  title: 'Four hashes hold up files and name lookups, but no sockets',
  claim:
    'With the default pool of four threads busy, fs and dns.lookup wait for a thread while sockets, dns.resolve and timers go on, and the event loop itself is idle.',
  engines: ['node'],
  alone: true,
  async run({ node, fact, holds, measure }) {
    let idle = true;
    const seen = new Map([4, 8].map((size) => [size, new Set<string>()]));
    for (const major of majors) {
      for (const size of major === 26 ? [4, 8] : [4]) {
        const { stdout } = await (
          await node(major)
        ).run('thread-pool.cjs', size === 4 ? {} : { env: { UV_THREADPOOL_SIZE: String(size) } });
        const { ended, utilization } = JSON.parse(stdout) as Output;
        const find = (name: string) => ended.find((job) => job.name === name);
        seen.get(size)?.add(jobs.filter((job) => (find(job)?.hashed ?? 0) > 0).join(', '));
        idle &&= utilization < 0.5;
        if (major !== 26) continue;
        const took = (name: string): number => find(name)?.ms ?? NaN;
        measure(`fs.stat with ${size} threads`, took('fs.stat'), 'ms');
        if (size === 8) continue;
        measure('socket to a name with 4 threads', took('socket to a name'), 'ms');
        measure('socket to an address with 4 threads', took('socket to an address'), 'ms');
        measure('first hash with 4 threads', took('pbkdf2'), 'ms');
        measure('event-loop utilisation with 4 threads', utilization * 100, '%');
      }
    }
    const [four, eight] = [...seen.values()].map((sets) => [...sets]);
    holds('The event loop is busy less than half of the time while the hashes run', idle);
    holds('With the default pool the same jobs wait on Node.js 22, 24 and 26', four?.length === 1);
    const wait = (waiting: string | undefined, job: string): Scalar =>
      waiting?.split(', ').includes(job) ? 'waits for a hash' : 'at once';
    fact('what waits', {
      columns: ['job', 'default pool, 4 threads', '8 threads, Node.js 26'],
      rows: jobs.map((job) => [job, wait(four?.[0], job), wait(eight?.[0], job)]),
    });
  },
});
