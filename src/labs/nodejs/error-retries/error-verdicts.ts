import { execFile } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { lab } from '#labs/index.ts';
import { codeOf, verdict } from './error-verdicts/verdict.ts';

const exec = promisify(execFile);

export default lab({
  title: 'Which errors may be retried',
  claim:
    'Twenty-two real errors of PostgreSQL, HTTP and the file system fall into three verdicts, and none that may have done its work is called safe to repeat.',
  engines: ['postgres', 'http'],
  async run({ postgres, http, folder, port, fact, holds, defer, until }) {
    const rows: [string, string, string, string][] = [];

    /** Provokes an error and notes its code, whether the work was done all the same, and the verdict. */
    const provoke = async (
      what: string,
      attempt: () => Promise<unknown>,
      done: () => unknown,
    ): Promise<void> => {
      // #region provoke
      const error = await attempt().then(
        (value) => (value instanceof Response && !value.ok ? value : undefined),
        (reason: unknown) => reason,
      );
      if (error === undefined) throw new Error(`${what}: no error came.`);
      const happened = Boolean(await done());
      rows.push([what, codeOf(error), happened ? 'yes' : 'no', verdict(error)]);
      // #endregion provoke
    };

    // PostgreSQL
    const db = await postgres();
    await db.query('CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL); INSERT INTO item VALUES (1, 0)');
    const role = `${db.name}_few`;
    await db.query(`CREATE ROLE "${role}" LOGIN CONNECTION LIMIT 0`);
    defer(() => db.query(`DROP ROLE "${role}"`));
    const [a, b] = await db.sessions('A', 'B');
    const changed = async () => (await db.value<number>('SELECT n FROM item WHERE id = 1')) === 99;
    const write = 'UPDATE item SET n = 99 WHERE id = 1';

    await b.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await b.query('SELECT n FROM item');
    await a.query('UPDATE item SET n = n + 1');
    await provoke('serialization failure', () => b.client.query(write), changed);
    await provoke('statement after an error', () => b.client.query(write), changed);
    await b.query('ROLLBACK');
    await a.query('BEGIN');
    await a.query('SELECT FROM item FOR UPDATE');
    await b.query(`SET lock_timeout = '50ms'`);
    await provoke('lock_timeout', () => b.client.query(write), changed);
    await b.query(`SET lock_timeout = 0; SET statement_timeout = '50ms'`);
    await provoke('statement_timeout', () => b.client.query(write), changed);
    await a.query('ROLLBACK');
    await provoke(
      'duplicate key',
      () => b.client.query('INSERT INTO item VALUES (1, 99)'),
      () => false,
    );
    await provoke('text for a number', () => b.client.query(`SELECT 'x'::int`), changed);
    await b.query('BEGIN READ ONLY');
    await provoke('write on a read-only server', () => b.client.query(write), changed);
    await b.query('ROLLBACK');
    const crowded = new pg.Client({ connectionString: db.url.replace(/\/\/[^@/]+@/, `//${role}@`) });
    crowded.on('error', () => undefined);
    await provoke(
      'too many connections',
      () => crowded.connect(),
      () => false,
    );

    // HTTP: one service that does the work, then fails in the way that the path asks for
    let work = 0;
    const service = await http.serve((request, response) => {
      if (request.url === '/503') return void response.writeHead(503, { 'retry-after': '1' }).end();
      if (request.url === '/429') return void response.writeHead(429, { 'retry-after': '1' }).end();
      if (request.url === '/409') return void response.writeHead(409).end(); // the same key is in progress
      if (request.url === '/400') return void response.writeHead(400).end();
      work++;
      if (request.url === '/408') return void response.writeHead(408).end(); // its own timeout, as a database may say it
      if (request.url === '/500') return void response.writeHead(500).end();
      if (request.url === '/reset') return void request.socket.resetAndDestroy();
      return; // no answer: the caller's timeout ends it
    });
    const post = (way: string, signal?: AbortSignal) =>
      fetch(`${service.url}/${way}`, { method: 'POST', ...(signal && { signal }) });
    const worked = (before: number) => () => work > before;
    for (const status of ['429', '409', '503', '400', '408', '500'])
      await provoke(`HTTP ${status}`, () => post(status), worked(work));
    // A proxy that loses its upstream answers 503 for it, as Envoy does; the upstream had done the work.
    const proxy = await http.serve((_, response) => {
      void post('reset').catch(() => response.writeHead(503).end());
    });
    await provoke('HTTP 503 of a proxy', () => fetch(proxy.url, { method: 'POST' }), worked(work));
    await provoke('reset before the answer', () => post('reset'), worked(work));
    const before = work;
    const giveUp = new AbortController();
    const silent = post('silent', giveUp.signal);
    void until('the service works on it', () => work > before).then(() => {
      giveUp.abort(new DOMException('The caller’s time is over.', 'TimeoutError'));
    });
    await provoke('timeout of the caller', () => silent, worked(before));
    const closed = await port();
    await provoke(
      'connection refused',
      () => fetch(`http://127.0.0.1:${closed}`, { method: 'POST' }),
      () => false,
    );

    // Files
    const directory = await folder();
    const file = path.join(directory, 'file');
    await writeFile(file, 'first');
    await provoke(
      'no such folder',
      () => writeFile(path.join(directory, 'gone', 'file'), 'x'),
      () => false,
    );
    await provoke(
      'file exists (flag wx)',
      () => writeFile(file, 'second', { flag: 'wx' }),
      async () => (await readFile(file, 'utf8')) === 'second',
    );
    await provoke(
      'disk full',
      async () => {
        const full = await open('/dev/full', 'w');
        await full.write('x').finally(() => full.close());
      },
      () => false,
    );
    await provoke(
      'too many open files',
      async () => {
        const program = `const fs = require('node:fs'); try { for (;;) fs.openSync('/dev/null'); } catch (e) { console.log(e.code) }`;
        const { stdout } = await exec('sh', [
          '-c',
          'ulimit -n 64; exec "$0" -e "$1"',
          process.execPath,
          program,
        ]);
        throw Object.assign(new Error('open'), { code: stdout.trim() });
      },
      () => false,
    );

    fact('errors and verdicts', { columns: ['what went wrong', 'code', 'was it done?', 'verdict'], rows });
    const may = rows.filter(([, , happened]) => happened === 'yes');
    fact('errors whose work was done all the same', may.map(([, code]) => code)); // prettier-ignore
    holds(
      'No error whose work was done gets the verdict “again”',
      may.length > 0 && may.every(([, , , what]) => what !== 'again'),
    );
  },
});
