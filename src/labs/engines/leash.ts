/** Holds a process and a folder to the life of this one, so that neither a crash nor SIGKILL leaves anything behind. */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** What a leash holds. `signal` ends the process, `group` extends it to its process group; `folder` is removed afterwards. */
export interface Held {
  readonly pid?: number;
  readonly group?: boolean;
  readonly signal?: 'INT' | 'TERM' | 'QUIT' | 'KILL';
  readonly folder?: string;
}

/*
 * A POSIX shell waits on a pipe from this process. The line "off" lets go. End of file means that this process is gone,
 * in whatever way: then the shell signals the held process, waits up to five seconds, kills what is left and removes the folder.
 */
const watcher = `
trap '' INT TERM HUP
read -r word
[ "$word" = off ] && exit 0
if [ -n "$2" ]; then
  kill -s "$1" -- "$2" 2>/dev/null
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    kill -s 0 -- "$2" 2>/dev/null || break
    sleep 0.2
  done
  kill -s KILL -- "$2" 2>/dev/null
fi
[ -n "$3" ] && rm -rf -- "$3"
`;

/** Lets go of what a leash holds. */
export type Release = () => void;

/**
 * Ends `held.pid` and removes `held.folder` when this process dies before the returned function is called.
 * Where there is no POSIX shell (Windows) only an orderly exit is covered.
 */
export function leash(held: Held): Release {
  const target = held.pid === undefined ? '' : held.group ? `-${held.pid}` : String(held.pid);
  if (process.platform === 'win32') {
    const end = (): void => {
      if (held.pid !== undefined) process.kill(held.pid);
    };
    process.once('exit', end);
    return () => {
      process.off('exit', end);
    };
  }
  const shell = spawn('sh', ['-c', watcher, 'leash', held.signal ?? 'TERM', target, held.folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.unref();
  // The pipe must not keep this process alive, and a shell that is already gone is no error.
  shell.stdin.on('error', () => undefined);
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return () => {
    shell.stdin.end('off\n');
  };
}
