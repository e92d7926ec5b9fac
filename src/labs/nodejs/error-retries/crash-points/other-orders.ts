import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientBase } from 'pg';
import { hashOf, writeNew, type Before } from './save.ts';

const ready = `INSERT INTO document (id, sha256, state, file) VALUES ($1, $2, 'ready', $3)
  ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, file = excluded.file`;

/** The row first, then its file: what an ORM hook does after the insert. */
export async function rowThenFile(db: ClientBase, root: string, id: string, bytes: Buffer, before: Before) {
  await before('row');
  await db.query(ready, [id, hashOf(bytes), id]);
  await writeNew(path.join(root, 'files', id), bytes, before);
  await before('answer');
}

/** The file of the version before is overwritten in place, then the row. */
export async function overwriteThenRow(
  db: ClientBase,
  root: string,
  id: string,
  bytes: Buffer,
  before: Before,
) {
  const file = path.join(root, 'files', id);
  await before('first half');
  await writeFile(file, bytes.subarray(0, bytes.length / 2)); // truncates what was there
  await before('second half');
  await writeFile(file, bytes.subarray(bytes.length / 2), { flag: 'a' });
  await before('row');
  await db.query(ready, [id, hashOf(bytes), id]);
  await before('answer');
}

/** A file under a new name, flushed, then the row that points to it. No intent. */
// #region file-then-row
export async function fileThenRow(db: ClientBase, root: string, id: string, bytes: Buffer, before: Before) {
  const file = `${id}.${process.pid}`;
  await writeNew(path.join(root, 'files', file), bytes, before);
  await before('row');
  await db.query(ready, [id, hashOf(bytes), file]);
  await before('answer');
}
// #endregion file-then-row
