import { lab } from '#labs/index.ts';
import { type Route, strangler } from './strangler/proxy.ts';

const accounts = Array.from({ length: 100 }, (_, n) => String(n + 1));

export default lab({
  title: 'A strangler proxy moves one route, and moves it back',
  claim:
    'While requests run, a proxy moves one route to a new process account by account and back again without a failed request; comparing answers first finds a difference that no status code shows.',
  engines: ['node', 'http'],
  async run({ node, http, fact, measure, holds, step, until }) {
    const node26 = await node();
    const start = async (name: string) => {
      const process = node26.start('strangler/app.ts', { env: { NAME: name } });
      const [, port] = await process.line(/listening on (\d+)/);
      return { process, port: Number(port) };
    };
    const [before, after] = [await start('old'), await start('new')];
    const ports = { old: before.port, new: after.port };
    const route: Route = { prefix: '/invoices', share: 0, writes: false };
    const proxy = await http.serve(strangler(route, ports));
    const ask = async (account: string, path: string, base = proxy.url, method = 'GET') => {
      const response = await fetch(base + path, { method, headers: { 'x-account': account } });
      return { ok: response.ok, by: response.headers.get('x-by') ?? '', body: await response.text() };
    };

    // Four clients that never stop until the end.
    const seen = { done: false, requests: 0, failed: 0 };
    const client = async (offset: number): Promise<void> => {
      for (let n = offset; !seen.done; n += 4) {
        const account = accounts[n % accounts.length] ?? '';
        const { ok } = await ask(account, n % 3 === 0 ? '/orders' : '/invoices');
        seen.requests += 1;
        if (!ok) seen.failed += 1;
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, (_, n) => client(n)));
    const traffic = async (): Promise<void> => {
      const mark = seen.requests + 200;
      await until('200 more requests', () => seen.requests >= mark, 30_000);
    };

    // #region compare
    const differing = async (): Promise<number> => {
      let different = 0;
      for (const account of accounts) {
        const [a, b] = await Promise.all([
          ask(account, '/invoices', `http://127.0.0.1:${ports.old}`),
          ask(account, '/invoices', `http://127.0.0.1:${ports.new}`),
        ]);
        if (a.body !== b.body) different += 1;
      }
      return different;
    };
    // #endregion compare
    const first = await differing();
    step({ who: 'Comparison', does: 'GET /invoices on both, 100 accounts', result: `${first} differ` });
    fact('accounts whose invoice differs, all with status 200', first);
    after.process.write('fix');
    await after.process.line(/fixed/);
    const second = await differing();
    step({ who: 'New process', does: 'rounds as the old one does', result: `${second} differ` });
    fact('accounts whose invoice differs after the fix', second);

    /** Asks once for every account; gives the accounts that the new process served. */
    const servedByNew = async (path: string, method = 'GET'): Promise<string[]> => {
      const answers = await Promise.all(accounts.map((account) => ask(account, path, proxy.url, method)));
      return accounts.filter((_, index) => answers[index]?.by === 'new');
    };
    const slow = ask('1', '/invoices?slow');
    await before.process.line(/held/);
    const rows = [];
    let last: string[] = [];
    let sentBack = 0;
    for (const [share, name] of [
      [10, '10 %'],
      [50, '50 %'],
      [100, '100 %'],
      [0, 'back to 0 %'],
      [100, '100 % again'],
    ] as const) {
      route.share = share;
      await traffic();
      const invoices = await servedByNew('/invoices');
      const orders = await servedByNew('/orders');
      if (share > 0) sentBack += last.filter((account) => !invoices.includes(account)).length;
      last = share > 0 ? invoices : [];
      rows.push([name, invoices.length, orders.length]);
      const result = `new process: ${invoices.length} of 100 accounts`;
      step({ who: 'Proxy', does: `share = ${share}`, result, note: `Failed so far: ${seen.failed}` });
      if (name === '100 %') {
        const post = async () => (await ask('1', '/invoices', proxy.url, 'POST')).by;
        fact('a POST while only reads have moved', `answered by ${await post()}`);
        route.writes = true;
        fact('a POST after the writer has moved', `answered by ${await post()}`);
      }
      if (route.writes) {
        const posts = (await servedByNew('/invoices', 'POST')).length;
        step({ who: 'Clients', does: 'POST /invoices, 100 accounts', result: `new process: ${posts}` });
        if (share === 0) {
          fact('POSTs of 100 that the new process gets, reads back at 0 %, writes not', posts);
          route.writes = false;
          fact(
            'POSTs of 100 that the new process gets, both moved back',
            (await servedByNew('/invoices', 'POST')).length,
          );
        }
      }
    }
    fact('accounts served by the new process', {
      columns: ['share', '/invoices', '/orders'],
      rows,
    });
    fact('accounts sent back while the share grew', sentBack);
    before.process.write('release');
    const { ok, by } = await slow;
    fact('the request in flight when its route moved', ok ? `answered by ${by}` : 'failed');
    measure('requests while the route moved', seen.requests, 'requests');
    fact('failed while the route moved', seen.failed);

    after.process.kill('SIGKILL');
    await after.process.ended;
    await traffic();
    holds('With the new process dead, requests fail', seen.failed > 0);
    const perRequest = seen.failed;
    route.share = 0;
    await until('requests sent before are over', async () => {
      const failed = seen.failed;
      await traffic();
      return failed === seen.failed;
    });
    const from = seen.failed;
    await traffic();
    fact('failed after the route moved back from a dead process', seen.failed - from);
    measure('failed with the new process dead', perRequest, 'requests');
    const back = accounts.length - (await servedByNew('/invoices')).length;
    step({ who: 'Proxy', does: 'new process killed, share = 0', result: `old process: ${back} accounts` });
    seen.done = true;
    await clients;
    before.process.kill();
  },
});
