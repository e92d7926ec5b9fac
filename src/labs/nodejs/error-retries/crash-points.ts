import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { lab } from '#labs/index.ts';
import { hashOf, save, sweep } from './crash-points/save.ts';

const steps = ['intent row', 'first half', 'second half', 'fsync file', 'rename', 'fsync folder', 'row ready', 'answer']; // prettier-ignore
const others = {
  rowThenFile: {
    name: 'row, then file',
    steps: ['row', 'first half', 'second half', 'fsync file', 'answer'],
  },
  overwriteThenRow: { name: 'overwrite the file, then row', steps: ['first half', 'second half', 'row', 'answer'] }, // prettier-ignore
  fileThenRow: { name: 'new file, then row', steps: ['first half', 'second half', 'fsync file', 'row', 'answer'] }, // prettier-ignore
};

export default lab({
  title: 'Killed at every step between the database and the file',
  claim:
    'With an intent row, a temporary file, a rename and a last update, a reader never sees half a document wherever the writer is killed, and a sweeper and one retry leave one row, one file and nothing else.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, folder, fact, scene, step, holds, defer }) {
    const server = await postgres();
    await server.query(`
      CREATE TABLE document (
        id text PRIMARY KEY,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready')),
        attempt int NOT NULL DEFAULT 1,
        sha256 text NOT NULL,
        file text CHECK (state = 'pending' OR file IS NOT NULL),
        touched timestamptz NOT NULL DEFAULT now()
      )`);
    const db = new pg.Client({ connectionString: server.url });
    await db.connect();
    defer(() => db.end());
    const node26 = await node();
    const bytes = Buffer.alloc(64 * 1024, 'new ');
    const old = Buffer.alloc(64 * 1024, 'old ');

    /** What someone sees who reads the row, opens the file that it names and compares the hash. */
    const reader = async (root: string, id: string): Promise<string> => {
      const [row] = await server.query<{ file: string; sha256: string }>(
        `SELECT file, sha256 FROM document WHERE id = $1 AND state = 'ready'`,
        [id],
      );
      if (!row) return 'nothing yet';
      const content = await readFile(path.join(root, 'files', row.file)).catch(() => undefined);
      if (!content) return 'a row without a file';
      return hashOf(content) === row.sha256 ? 'all of it' : 'not what the row says';
    };
    const names = async (root: string): Promise<{ tmp: string[]; files: string[] }> => ({
      tmp: await readdir(path.join(root, 'tmp')),
      files: await readdir(path.join(root, 'files')),
    });
    const emptyRoot = async (): Promise<string> => {
      const root = await folder();
      for (const name of ['tmp', 'files']) await mkdir(path.join(root, name));
      return root;
    };
    /** Kills a child that saves a document below `root`, before the step `at`. */
    const crash = async (order: string, id: string, at: string, root: string): Promise<void> => {
      const run = await node26.run('crash-points/child.ts', { args: [server.url, root, order, id, at] });
      if (run.signal !== 'SIGKILL') throw new Error(`The child was not killed at ${at}: ${run.stderr}`);
    };

    // #region kill
    const rows: string[][] = [];
    let whole = true;
    for (const [index, at] of steps.entries()) {
      const id = `doc-${index}`;
      const root = await emptyRoot();
      await crash('save', id, at, root);
      const row = await server.query<{ state: string }>('SELECT state FROM document WHERE id = $1', [id]);
      const left = await names(root);
      const saw = await reader(root, id);
      const swept = await sweep(db, root, 0);
      await save(db, root, id, bytes, () => undefined); // the client never got an answer: it sends again
      await sweep(db, root, 0);
      const after = await names(root);
      const end = await reader(root, id);
      whole &&= end === 'all of it' && after.files.length === 1 && after.tmp.length === 0;
      // #endregion kill
      const files = [...left.tmp.map(() => 'temporary file'), ...left.files.map(() => 'file')];
      const state = [row[0] ? `row ${row[0].state}` : 'no row', ...files].join(', ');
      rows.push([at, state, saw, swept.join(', ') || 'nothing to do']);
      if (at !== 'second half' && at !== 'row ready') continue;
      scene(`Killed before “${at}”`);
      step({ who: 'Writer', does: `(killed before “${at}”)`, result: state, outcome: 'fails' });
      step({ who: 'Reader', does: 'read row, open file', result: saw });
      step({ who: 'Sweeper', does: 'sweep', result: swept.join(', ') });
      step({ who: 'Client', does: 'send again, same id', result: `1 row, ${after.files.length} file` });
      step({ who: 'Reader', does: 'read row, open file', result: end });
    }
    fact('killed before each step', {
      columns: ['killed before', 'left behind', 'a reader sees', 'the sweeper'],
      rows,
    });
    fact('crash points', steps.length);
    const broken = (saw: string): boolean => saw !== 'nothing yet' && saw !== 'all of it';
    fact(
      'crash points at which a reader sees something broken',
      rows.filter(([, , saw = '']) => broken(saw)).length,
    );
    holds(
      'After sweep and retry each crash point has one ready row, one whole file and no other file',
      whole,
    );

    // The writer was slow and not dead: a second attempt and the sweeper overtake it.
    // #region slow
    const overtaken: string[] = [];
    for (const at of ['rename', 'row ready']) {
      const id = `slow before ${at}`;
      const root = await emptyRoot();
      const slow = save(db, root, id, bytes, async (next) => {
        if (next !== at) return;
        await save(db, root, id, bytes, () => undefined);
        await sweep(db, root, 0);
      });
      const told = await slow.then(
        () => 'saved',
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      );
      await sweep(db, root, 0);
      const file = await server.value<string>(`SELECT file FROM document WHERE id = '${id}'`);
      const { files } = await names(root);
      const second = file === `${id}.2` && files.join() === file ? 'of attempt 2, and no other file' : file;
      overtaken.push(`${told}; a reader sees ${await reader(root, id)}, ${second}`);
    }
    // #endregion slow
    fact('a slow writer that was overtaken before its rename', overtaken[0] ?? '');
    fact('a slow writer that was overtaken before its last update', overtaken[1] ?? '');

    // The client uses an id a second time, for something else.
    const twice = await emptyRoot();
    await save(db, twice, 'twice', bytes, () => undefined);
    const refused = await save(db, twice, 'twice', old, () => undefined).then(() => 'saved', String);
    fact(
      'the same id with other bytes',
      `${refused} A reader sees ${await reader(twice, 'twice')} of the first`,
    );

    const compared: [string, number, number, number][] = [];
    for (const [order, { name, steps: points }] of Object.entries(others)) {
      let [bad, orphans] = [0, 0];
      const trials = [];
      for (const [index, at] of points.entries()) {
        const [id, root] = [`${order}-${index}`, await emptyRoot()];
        trials.push({ id, root, at });
        if (order !== 'overwriteThenRow') continue;
        await writeFile(path.join(root, 'files', id), old);
        await db.query(`INSERT INTO document VALUES ($1, 'ready', 1, $2, $1)`, [id, hashOf(old)]);
      }
      await Promise.all(trials.map(({ id, root, at }) => crash(order, id, at, root)));
      for (const { id, root } of trials) {
        if (broken(await reader(root, id))) bad++;
        const known = await server.query<{ file: string }>('SELECT file FROM document WHERE id = $1', [id]);
        if ((await names(root)).files.some((file) => file !== known[0]?.file)) orphans++;
      }
      compared.push([name, points.length, bad, orphans]);
      if (order === 'rowThenFile') fact('crash points that break a reader, row then file', bad);
      if (order === 'fileThenRow') fact('crash points that leave a stray file, new file then row', orphans);
    }
    fact(
      'other orders: steps, those after which a reader sees something broken, those that leave a stray file',
      {
        columns: ['order', 'steps', 'broken', 'strays'],
        rows: compared,
      },
    );
  },
});
