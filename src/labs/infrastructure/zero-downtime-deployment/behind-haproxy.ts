import { lab, type NodeProcess } from '#labs/index.ts';

/** How the two instances are restarted, and what HAProxy does with a failed attempt. */
interface Way {
  readonly name: string;
  readonly shutdown: 'none' | 'drain';
  readonly retrying: readonly string[];
}

const ways: readonly Way[] = [
  { name: 'SIGTERM, no handler', shutdown: 'none', retrying: ['retries 0'] },
  {
    name: 'the same, refused connections retried',
    shutdown: 'none',
    retrying: ['retries 3', 'option redispatch 1'],
  },
  {
    name: 'the same, every failure retried',
    shutdown: 'none',
    retrying: ['retries 3', 'option redispatch 1', 'retry-on all-retryable-errors'],
  },
  { name: 'drained by its readiness', shutdown: 'drain', retrying: ['retries 0'] },
];

export default lab({
  title: 'A rolling restart behind HAProxy',
  claim:
    'Behind HAProxy an abrupt restart fails requests; retries hide most of it and run a POST twice; an instance that fails its health check before it closes loses none.',
  engines: ['node', 'http', 'haproxy'],
  async run({ node, http, haproxy, fact, holds, measure, port, until }) {
    const node26 = await node();
    const names = ['one', 'two'] as const;

    const rows = [];
    for (const way of ways) {
      const ports = [await port(), await port()];
      const start = (at: number): NodeProcess => {
        const env = { PORT: String(at), SHUTDOWN: way.shutdown };
        const process = node26.start('rolling-restart/instance.ts', { env });
        process.write('listen');
        return process;
      };
      const running = ports.map(start);
      for (const process of running) await process.line(/listening/);

      // #region backend
      const balancer = await haproxy(`
backend app
  ${way.retrying.join('\n  ')}
  option httpchk GET /ready
  default-server check inter 50ms fall 2 rise 1
  server one 127.0.0.1:${ports[0]}
  server two 127.0.0.1:${ports[1]}
  use-server one if { req.hdr(x-instance) one }
  use-server two if { req.hdr(x-instance) two }
`);
      // #endregion backend
      const state = async (name: string): Promise<string> => {
        const table = (await balancer.admin('show stat')).split('\n').map((line) => line.split(','));
        const column = (table[0] ?? []).indexOf('status');
        return table.find(([proxy, server]) => proxy === 'app' && server === name)?.[column] ?? '';
      };
      for (const name of names)
        await until(`${name} is up`, async () => (await state(name)).startsWith('UP'));

      const seen = { done: false, requests: 0, failed: 0 };
      const clients = async (): Promise<void> => {
        while (!seen.done) {
          const part = await http.load({ url: balancer.url, connections: 8, requests: 40 });
          seen.requests += 40;
          seen.failed += 40 - part.ok;
        }
      };
      const load = clients();
      const reports = { answered: 0, begun: 0 };
      for (const [index, name] of names.entries()) {
        const old = running[index];
        if (!old) continue;
        const processes = [...running];
        const report = http.load({
          url: `${balancer.url}/report`,
          method: 'POST',
          headers: { 'x-instance': name },
          connections: 1,
          requests: 1,
        });
        await old.line(/report begun/);
        if (way.shutdown === 'none') {
          await balancer.admin(`disable health app/${name}`); // it learns late, by our word
          const mark = seen.requests + 80;
          old.kill('SIGTERM');
          await old.ended;
          await until('load goes on', () => seen.requests >= mark);
          await balancer.admin(`enable health app/${name}`);
        } else old.kill('SIGTERM');
        await until(`${name} is out`, async () => !(await state(name)).startsWith('UP'));
        const begun = (): number => processes.filter(({ stdout }) => stdout.includes('report begun')).length;
        for (const process of processes) process.write('finish');
        if ((await report).ok === 1) reports.answered += 1;
        reports.begun += begun();
        await old.ended;
        const fresh = start(ports[index] ?? 0);
        await fresh.line(/listening/);
        running[index] = fresh;
        await until(`${name} is back`, async () => (await state(name)).startsWith('UP'));
      }
      seen.done = true;
      await load;
      for (const process of running) process.kill();
      rows.push([way.name, `${reports.answered} of 2`, reports.begun]);
      measure(`Requests, ${way.name}`, seen.requests, 'requests');
      measure(`Failed, ${way.name}`, seen.failed, 'requests');
      if (way.name === ways[0]?.name) holds('abrupt without retries fails requests', seen.failed > 0);
      if (way.shutdown === 'drain') fact('Failed requests, drained', seen.failed);
    }
    fact('Two long POSTs, one in flight at each restart', {
      columns: ['restart', 'answered', 'times begun'],
      rows,
    });
  },
});
