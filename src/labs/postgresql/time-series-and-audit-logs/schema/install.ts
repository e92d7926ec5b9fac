import { readFileSync } from 'node:fs';
import type { Database, Session } from '#labs/index.ts';

/** Installs the audit schema of this guide, with its roles: one database of a server at most has it. */
export async function installAudit(db: Database): Promise<void> {
  await db.query(readFileSync(new URL('audit.sql', import.meta.url), 'utf8'));
}

// #region as
/** Runs `work` in a transaction that says who acts and why; both end with it. */
export async function acting(
  session: Session,
  actor: string,
  reason: string,
  ...work: string[]
): Promise<void> {
  await session.query('BEGIN');
  await session.query(`SELECT set_config('audit.actor', $1, true), set_config('audit.reason', $2, true)`, [
    actor,
    reason,
  ]);
  for (const statement of work) await session.query(statement);
  await session.query('COMMIT');
}
// #endregion as
