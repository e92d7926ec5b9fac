import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ClientBase } from 'pg';

/** Told the name of each step before it begins; the lab's child process kills itself in one of them. */
export type Before = (step: string) => void | Promise<void>;

/** SHA-256 in hex. */
export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Flushes a folder to the disk: a new name is an entry in the folder, which the flush of the file leaves out. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Writes a new file in two halves, so that a crash can fall between them, and flushes it. */
export async function writeNew(name: string, bytes: Buffer, before: Before): Promise<void> {
  await before('first half');
  const handle = await open(name, 'wx');
  await handle.writeFile(bytes.subarray(0, bytes.length / 2));
  await before('second half');
  await handle.writeFile(bytes.subarray(bytes.length / 2));
  await before('fsync file');
  await handle.sync();
  await handle.close();
}

/** Passes when `id` stands for these bytes. @throws when it stands for others: the client has used its id twice. */
async function mustBe(db: ClientBase, id: string, bytes: Buffer): Promise<void> {
  const { rows } = await db.query<{ sha256: string }>('SELECT sha256 FROM document WHERE id = $1', [id]);
  if (rows[0]?.sha256 !== hashOf(bytes)) throw new Error('Same id, other bytes.');
}

/**
 * Saves a document: a row and a file that belong together. May be called again with the same id at any time.
 * `id` comes from the client, so that its retry names the same document; it becomes a path, so the caller lets only UUIDs in.
 * @throws when a later attempt has taken over, or when the id stands for other bytes.
 */
// #region save
export async function save(db: ClientBase, root: string, id: string, bytes: Buffer, before: Before) {
  await before('intent row');
  const { rows } = await db.query<{ attempt: number }>(
    `INSERT INTO document (id, sha256) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET attempt = document.attempt + 1, touched = now()
       WHERE document.state = 'pending' AND document.sha256 = $2 RETURNING attempt`,
    [id, hashOf(bytes)],
  );
  const attempt = rows[0]?.attempt;
  if (attempt === undefined) return mustBe(db, id, bytes); // ready already, or other bytes
  const file = `${id}.${attempt}`; // no two attempts share a name
  await writeNew(path.join(root, 'tmp', file), bytes, before);
  await before('rename');
  await rename(path.join(root, 'tmp', file), path.join(root, 'files', file));
  await before('fsync folder');
  await flush(path.join(root, 'files'));
  await before('row ready');
  const ready = await db.query(
    `UPDATE document SET state = 'ready', file = $2 WHERE id = $1 AND attempt = $3`,
    [id, file, attempt],
  );
  if (ready.rowCount === 0) throw new Error('A later attempt took over.');
  await before('answer');
}
// #endregion save

/**
 * Finishes or removes what dead writers left behind. A pending row younger than `grace` seconds still has its writer.
 * @returns what it did, for its log.
 */
// #region sweep
export async function sweep(db: ClientBase, root: string, grace: number): Promise<string[]> {
  const did: string[] = [];
  const list = (folder: string) => readdir(path.join(root, folder)); // first the files, then the rows:
  const found = { files: await list('files'), tmp: await list('tmp') }; // whoever has a file has a row by then
  const { rows } = await db.query<{
    id: string;
    attempt: number;
    sha256: string;
    state: string;
    young: boolean;
  }>(`SELECT *, touched > now() - make_interval(secs => $1) AS young FROM document`, [grace]);
  const owner = new Map(rows.map((row) => [`${row.id}.${row.attempt}`, row]));
  for (const [folder, names] of Object.entries(found)) {
    for (const name of names) {
      const row = owner.get(name);
      if (row?.state === 'ready' ? folder === 'files' : row?.young) continue;
      const full = path.join(root, folder, name);
      if (row && folder === 'files' && hashOf(await readFile(full)) === row.sha256) {
        await flush(path.join(root, folder));
        await db.query(
          `UPDATE document SET state = 'ready', file = $2 WHERE id = $1 AND attempt = $3 AND state = 'pending'`,
          [row.id, name, row.attempt],
        );
        did.push('made the row ready');
      } else {
        await rm(full);
        did.push(folder === 'tmp' ? 'removed a temporary file' : 'removed a file without a row');
      }
    }
  }
  return did;
}
// #endregion sweep
