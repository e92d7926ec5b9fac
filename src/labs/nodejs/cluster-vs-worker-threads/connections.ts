import { lab, type Scalar } from '#labs/index.ts';

/** `max` of the pool in each process; processes in each pod. */
const pool = 10;
const perPod = 2;

export default lab({
  title: 'Every process brings its own connection pool',
  claim:
    'Pods × processes × pool size is what the database sees: three pods of two processes fit into 63 connections, and the fourth pod of a rolling update is refused with 53300.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, step }) {
    // #region server
    const server = await postgres.instance({ max_connections: 66 }); // 3 of them are for superusers
    const db = await server.database();
    await db.query(`CREATE ROLE app LOGIN; GRANT ALL ON DATABASE "${db.name}" TO app`);
    const url = new URL(db.url);
    url.username = 'app';
    // #endregion server
    fact(
      'connections for applications',
      await db.value<number>(`
      SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                                                     - current_setting('reserved_connections')::int`),
    );

    const newest = await node();
    const rows: Scalar[][] = [];
    const codes = new Set<string>();
    let total = 0;
    for (const pod of ['pod 1', 'pod 2', 'pod 3', 'pod 4 (rolling update)']) {
      // #region pods
      const answers: { held: number; refused: string[] }[] = [];
      for (let process = 0; process < perPod; process += 1) {
        const args = [url.href, String(pool)];
        const replica = newest.start('connections/replica.mjs', { args });
        const [line] = await replica.line(/\{.*\}/); // it goes on holding its connections
        answers.push(JSON.parse(line) as { held: number; refused: string[] });
      }
      // #endregion pods
      const held = answers.reduce((sum, answer) => sum + answer.held, 0);
      const errors = answers.flatMap((answer) => answer.refused);
      const refused = errors.length;
      for (const code of errors) codes.add(code);
      total += held;
      step({
        who: pod,
        does: `${perPod} processes × pool of ${pool}`,
        result:
          refused === 0
            ? `${held} connections`
            : `${held} connections, ${refused} refused with ${[...codes].join(', ')}`,
        outcome: refused === 0 ? 'ok' : 'fails',
        queues: { 'open connections': [String(total)] },
      });
      rows.push([pod, perPod * pool, held, refused]);
    }
    fact('what each pod gets', { columns: ['pod', 'wants', 'gets', 'refused'], rows });
    fact('SQLSTATE of the refusal', [...codes].join(', '));
    const busy = await db.value<number>(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'`);
    fact('connections that the database counts', busy);
  },
});
