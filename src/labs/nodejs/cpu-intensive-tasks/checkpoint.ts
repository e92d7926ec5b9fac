import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lab } from '#labs/index.ts';

const payments = 5500;

export default lab({
  title: 'A long import is killed, deployed over and resumed',
  claim:
    'With the checkpoint in the transaction of its batch a killed import goes on without a row lost or twice; saved apart it imports a batch twice. SIGTERM ends it after its batch, and a worker that was frozen past its lease changes nothing.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, folder, fact, scene, step, until }) {
    const db = await postgres();
    const file = path.join(await folder(), 'payments.csv');
    const csv = Array.from({ length: payments }, (_, n) => `${n + 1},${((n + 1) * 37) % 1000}\n`);
    await writeFile(file, csv.join(''));
    const node26 = await node();
    const start = (mode = '') => node26.start('checkpoint/worker.ts', { args: [db.url, file, mode] });
    const [gate, control] = await db.sessions('Gate', 'Control');
    const reset = `DROP TABLE IF EXISTS job, payment;
      CREATE TABLE job (id int PRIMARY KEY, attempt int NOT NULL DEFAULT 0, byte_offset int NOT NULL DEFAULT 0,
        rows int NOT NULL DEFAULT 0, done bool NOT NULL DEFAULT false,
        lease_until timestamptz NOT NULL DEFAULT '-infinity');
      CREATE TABLE payment (line int, cents int);
      INSERT INTO job (id) VALUES (1);
      CREATE OR REPLACE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(9); RETURN new; END $$;`;
    // A worker stops at the gate while the lab holds the lock, so that it is killed in the middle of a known batch.
    const batchGate = (line: number): string =>
      `CREATE OR REPLACE TRIGGER gate BEFORE INSERT ON payment FOR EACH ROW WHEN (new.line = ${line}) EXECUTE FUNCTION pass_gate()`;
    const atGate = (): Promise<boolean> =>
      until('the worker is at the gate', () =>
        db.value<boolean>(`SELECT count(*) > 0 FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'importer' AND wait_event = 'advisory'`),
      );
    const gone = (): Promise<boolean> =>
      until('its session is gone', () =>
        db.value<boolean>(`SELECT count(*) = 0 FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'importer'`),
      );
    const close = (): Promise<unknown> => gate.query('SELECT pg_advisory_lock(9)');
    const open = (): Promise<unknown> => gate.query('SELECT pg_advisory_unlock(9)');
    const expire = (): Promise<unknown> => db.query(`UPDATE job SET lease_until = '-infinity'`);
    const state = 'SELECT attempt, byte_offset, rows, done FROM job';

    scene('Killed in the middle of a batch');
    await db.query(reset);
    await db.query(batchGate(2500));
    // #region kill
    await close();
    const first = start();
    await atGate(); // in its third batch, at line 2,500
    first.kill('SIGKILL');
    const { signal } = await first.ended;
    await gone();
    await open();
    // #endregion kill
    step({ who: 'Worker 1', does: 'claims the job', result: first.stdout.split('\n')[0] ?? '' });
    step({ who: 'Worker 1', does: 'batches 1 and 2', result: first.stdout.trim().split('\n').at(-1) ?? '' });
    step({ who: 'Worker 1', does: '(batch 3, line 2,500)', result: String(signal), outcome: 'fails' });
    await control.does(state);
    await control.does('SELECT count(*) FROM payment', { note: 'Rows and checkpoint agree.' });
    fact('rows in the table after the kill', await db.value('SELECT count(*) FROM payment'));
    fact('rows in the checkpoint after the kill', await db.value('SELECT rows FROM job'));
    await expire();
    step({ who: 'time', does: '30 s pass', note: 'The lab moves the lease, not the clock.' });

    scene('A deploy sends SIGTERM');
    await db.query(batchGate(4500));
    // #region term
    await close();
    const second = start();
    await atGate(); // in the batch up to line 5,000
    second.kill('SIGTERM');
    await open();
    const { code } = await second.ended;
    // #endregion term
    const lines = second.stdout.trim().split('\n');
    step({
      who: 'Worker 2',
      does: 'claims the job',
      result: lines[0] ?? '',
      note: 'It goes on at the byte after the last batch.',
    });
    step({ who: 'Worker 2', does: '(SIGTERM at line 4,500)', result: lines.slice(-2).join(', ') });
    fact('exit code after SIGTERM', code);
    await control.does(state);

    scene('A worker that was paused comes back');
    await db.query(batchGate(5200));
    // #region fence
    await close();
    const third = start();
    await atGate(); // in the last batch
    third.kill('SIGSTOP');
    await open();
    await until('its rows are in, and nobody commits them', () =>
      db.value<boolean>(`SELECT count(*) > 0 FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'importer' AND state = 'idle in transaction'`),
    );
    await expire();
    const fourth = start();
    await fourth.ended; // takes over, to the end
    third.kill('SIGCONT');
    const late = await third.ended;
    // #endregion fence
    step({ who: 'Worker 3', does: 'claims the job', result: third.stdout.split('\n')[0] ?? '' });
    step({ who: 'Worker 3', does: '(line 5,200)', result: 'SIGSTOP', note: 'Frozen; its lease runs out.' });
    step({ who: 'Worker 4', does: 'claims the job', result: fourth.stdout.split('\n')[0] ?? '' });
    await control.does(state);
    step({
      who: 'Worker 3',
      does: '(SIGCONT) saves its batch',
      result: /Error: (.*)/.exec(third.stderr)?.[1] ?? 'nothing',
      outcome: 'fails',
      note: 'The save matches no row, so its own rows roll back.',
    });
    fact('what the paused worker hears', /Error: (.*)/.exec(third.stderr)?.[1] ?? 'nothing');
    fact('exit code of the paused worker', late.code);
    await gone();
    const twice = 'SELECT count(*) - count(DISTINCT line) FROM payment';
    fact('payments in the file', payments);
    fact('payments imported', await db.value('SELECT count(DISTINCT line) FROM payment'));
    fact('imported twice', await db.value(twice));

    await db.query(reset);
    await db.query(`CREATE TRIGGER gate BEFORE UPDATE ON job FOR EACH ROW
      WHEN (old.rows = 2000 AND new.rows = 3000) EXECUTE FUNCTION pass_gate()`);
    await close();
    const apart = start('apart');
    await atGate(); // its third batch is committed, its checkpoint is not
    apart.kill('SIGKILL');
    await apart.ended;
    await gone();
    await open();
    await expire();
    await start('apart').ended;
    fact('imported twice with the checkpoint saved apart', await db.value(twice));
  },
});
