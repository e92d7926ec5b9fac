import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeProgram } from './engines/node.ts';
import { until } from './engines/until.ts';
import { Runner } from './runner.ts';

const fixture = (name: string): string =>
  path.join(import.meta.dirname, 'fixtures/postgresql/sample', `${name}.ts`);

const runners: Runner[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
});

const run = (name: string, ...options: [] | [Parameters<Runner['run']>[1]]): ReturnType<Runner['run']> => {
  const runner = new Runner();
  runners.push(runner);
  return runner.run(fixture(name), ...options);
};

/** Whether a process exists and is not just waiting to be reaped. */
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('a lab runs in order, and its trace tells who waited for whom', async () => {
  const ran = await run('lock-wait');
  if (ran.state !== 'ran') throw new Error(JSON.stringify(ran));
  expect(ran.result.facts).toEqual([{ name: 'balance after both', value: 70 }]);
  expect(ran.result.traces[0]?.steps.map(({ who, result }) => `${who} ${result ?? ''}`)).toEqual([
    'T1 ', 'T1 UPDATE 1', 'T2 ', 'T2 waits for T1', 'T1 ', 'T2 UPDATE 1', 'T2 ',
  ]); // prettier-ignore
  expect(ran.result.measured.with).toMatchObject({ PostgreSQL: '18.4' });
});

test('killing PostgreSQL in the middle of a lab is a clear failure, and the next lab gets a new server', async () => {
  const runner = new Runner();
  runners.push(runner);
  const ran = await runner.run(fixture('killed-server'));
  expect(ran.state).toBe('failed');
  const { error } = ran as Extract<typeof ran, { state: 'failed' }>;
  expect(error).toMatch(/PostgreSQL \(process \d+\) ended unexpectedly by SIGKILL/);
  expect(error).toContain('killed-server.ts');
  expect(await runner.run(fixture('lock-wait'))).toMatchObject({ state: 'ran' });
});

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  // Which processes are left is read from /proc.
  test.skipIf(process.platform !== 'linux')(
    `${signal} to the runner leaves neither processes nor folders`,
    async () => {
      const child = spawn(
        nodeProgram(26) ?? process.execPath,
        [path.join(import.meta.dirname, 'fixtures/run.ts'), fixture('hanging')],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      const left = await until('the lab hangs', () => /^\{.*\}$/m.exec(printed)?.[0], 30_000);
      const { pids, folders } = JSON.parse(left) as { pids: number[]; folders: string[] };
      expect(pids.map(alive)).toEqual([true, true, true, true]);
      expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
      child.kill(signal);
      await until('the processes are gone', () => !pids.some(alive), 15_000);
      await until('the folders are gone', () => !folders.some((folder) => existsSync(folder)), 10_000);
    },
  );
}

test.each([
  ['throw', /Two results are named “The same name”/],
  ['exit', /process ended by exit code 3 without a result\.\n\nIt printed:\nbefore the failure/],
  ['rejection', /nobody waits for this/],
  ['hanging', /did not end within 2 s/],
  ['undeclared', /uses postgres, but does not name it in `engines`/],
])('a lab that fails by %s says so', async (how, message) => {
  vi.stubEnv('FAIL_BY', how);
  const ran = await run('failing');
  expect(ran).toMatchObject({ state: 'failed' });
  expect((ran as { error: string }).error).toMatch(message);
});

test('a statement that does not hold is reported by name', async () => {
  vi.stubEnv('FAIL_BY', 'broken');
  expect(await run('failing')).toMatchObject({ state: 'ran', broken: ['one is two'] });
});

test('a lab that is not wanted does not run', async () => {
  expect(await run('failing', { wanted: ({ engines }) => engines.includes('postgres') })).toMatchObject({
    state: 'declined',
    needs: { engines: ['node'], alone: false, timeout: 2 },
  });
});
