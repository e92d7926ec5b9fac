/** A queue in one table. Every statement commits by itself; no transaction is open while a job runs. */
import type pg from 'pg';

// #region table
export const table = `
  CREATE TABLE job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL DEFAULT 't',
    priority int NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'done', 'dead')),
    attempt int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now() -- also the end of the lease of a claimed job
  );
  CREATE INDEX ON job (priority DESC, due_at, id) WHERE state = 'ready'`;
// #endregion table

/** A claimed job. `attempt` is its fencing token. */
export interface Job {
  readonly id: string;
  readonly attempt: number;
}

// #region claim
/** Takes the next job and hides it for `lease` seconds; undefined if none is due. */
export async function claim(db: pg.ClientBase, lease: number): Promise<Job | undefined> {
  const { rows } = await db.query<Job>(
    `UPDATE job SET attempt = attempt + 1, due_at = now() + make_interval(secs => $1)
     WHERE id = (SELECT id FROM job WHERE state = 'ready' AND due_at <= now() AND attempt < 10
                 ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, attempt`,
    [lease],
  );
  return rows[0];
}
// #endregion claim

// #region sweep
/** Once a minute: jobs whose tenth worker died too, or they would stay ready and never be claimed. */
export const sweep = `UPDATE job SET state = 'dead' WHERE state = 'ready' AND due_at <= now() AND attempt >= 10`;
// #endregion sweep

// #region keep
/** Prolongs the lease; false when somebody else has the job. */
export async function keep(db: pg.ClientBase, job: Job, lease: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE job SET due_at = now() + make_interval(secs => $3)
     WHERE id = $1 AND attempt = $2 AND state = 'ready'`,
    [job.id, job.attempt, lease],
  );
  return rowCount === 1;
}

/** Ends the job; false when somebody else has it, and then the result must not count. */
export async function finish(db: pg.ClientBase, job: Job): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE job SET state = 'done' WHERE id = $1 AND attempt = $2 AND state = 'ready'`,
    [job.id, job.attempt],
  );
  return rowCount === 1;
}
// #endregion keep

// #region turn
export const fairTable = `
  CREATE TABLE fair (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    turn bigint NOT NULL,
    attempt int NOT NULL DEFAULT 0
  );
  CREATE INDEX ON fair (turn, id) WHERE attempt = 0;
  CREATE INDEX ON fair (tenant, turn);
  CREATE INDEX ON fair (turn)`;

/**
 * $1: the tenant. A job's turn follows its tenant's last, and none lies before the turn now served. That is the lowest
 * among jobs never claimed: an old one that is retried must not pull newcomers to its turn. When none waits it is the
 * highest given out, or a tenant with a long past would stand behind everything that a new one adds.
 */
export const lastTurn = `greatest(
  (SELECT max(turn) FROM fair WHERE tenant = $1),
  coalesce((SELECT min(turn) - 1 FROM fair WHERE attempt = 0), (SELECT max(turn) FROM fair)))`;

/** $1: the tenant, $2: how many jobs. */
export const enqueue = `
  INSERT INTO fair (tenant, turn)
  SELECT $1, coalesce(${lastTurn}, 0) + n FROM generate_series(1, $2::int) n`;
// #endregion turn
