import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The absolute path of a program on PATH (or in /usr/sbin, which PATH may lack), or undefined. An absolute name stands for itself. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const folder of [...(env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const file = path.resolve(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here; look in the next folder.
    }
  }
  return undefined;
}
