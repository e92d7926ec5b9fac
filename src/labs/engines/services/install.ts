/** Installs the services of the second tier by apt, without starting them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { findOnPath } from '../path.ts';

/** Debian's packages of the services; each is called as its program is. */
const packages = ['redis-server', 'rabbitmq-server', 'prometheus', 'haproxy', 'pgbouncer', 'kcat'] as const;

const policy = '/usr/sbin/policy-rc.d';

function apt(...args: string[]): void {
  // Another apt may hold the lock for a while, and a package server may stumble.
  const patience = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
  const run = spawnSync('apt-get', [...patience, ...args], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (run.status !== 0)
    throw new Error(`apt-get ${args.join(' ')} failed${run.error ? `: ${run.error.message}` : ''}.`);
}

/**
 * Installs every service that is not there.
 * @throws {Error} when something is missing and this is not root, or apt fails.
 */
export function installServices(): void {
  const missing = packages.filter((name) => !findOnPath(name));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new Error(`Installing needs root: sudo apt-get install ${missing.join(' ')}`);
  // Labs start their own instances; Debian's would only take ports and memory.
  const forbid = !existsSync(policy);
  if (forbid) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
  }
  try {
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', ...missing);
  } finally {
    if (forbid) rmSync(policy);
  }
}
