/** A copy of the shop that may be broken: the files beside the labs stay as they are. */
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = path.join(import.meta.dirname, '..', 'shop');
const packages = path.resolve(createRequire(import.meta.url).resolve('typescript/package.json'), '../..');

/** The shop in another folder. Paths are relative to it. */
export interface Copy {
  readonly root: string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Replaces text in a file. @throws when it is not there, or not changed by it. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Keeps sources and what was built from them as they are now. */
  keep(): Promise<{ restore(): Promise<void> }>;
}

/** Copies the shop into `folder`, where it finds the same packages. */
export async function copyShop(folder: string): Promise<Copy> {
  const root = path.join(folder, 'shop');
  await cp(here, root, { recursive: true });
  await symlink(packages, path.join(root, 'node_modules'), 'junction');
  const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(root, file), text);
  return {
    root,
    read,
    write,
    async keep() {
      const folders = ['src', 'dist'];
      const kept = path.join(folder, 'kept');
      const move = async (from: string, to: string): Promise<void> => {
        for (const name of folders) {
          await rm(path.join(to, name), { recursive: true, force: true });
          await cp(path.join(from, name), path.join(to, name), { recursive: true, preserveTimestamps: true });
        }
      };
      await move(root, kept);
      return { restore: () => move(kept, root) };
    },
    async edit(file, from, to) {
      const before = await read(file);
      const after = before.replace(from, () => to);
      if (after === before) throw new Error(`${file} does not hold “${from}”, or it stays the same.`);
      await write(file, after);
    },
  };
}
