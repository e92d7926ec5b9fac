/** A control group with limits, version 1 or 2: the part of the Linux kernel that keeps a container to its limits. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EngineMissing } from '#labs/engines/engine.ts';

const root = '/sys/fs/cgroup';

/** Limits of a group; what is left out is not limited. */
export interface Limits {
  /** MiB */
  readonly memory?: number;
  /** Cores: 0.1 is 10 ms in every 100 ms. */
  readonly cpu?: number;
}

/** A group that processes can be put into. */
export interface Group {
  /** Files that a process writes its number into, to be in the group. */
  readonly members: readonly string[];
  /** How often the kernel killed a process here for want of memory. */
  oomKills(): number;
  /** Periods of 100 ms in which a process wanted to run and was held back. */
  throttledPeriods(): number;
  remove(): void;
}

const counter = (file: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0);

/**
 * Makes a group below the machine's root group.
 * @throws {EngineMissing} where this user may not, with the reason.
 */
export function makeGroup(name: string, { memory, cpu }: Limits): Group {
  const unified = existsSync(path.join(root, 'cgroup.controllers'));
  const folders = unified
    ? [path.join(root, name)]
    : [path.join(root, 'memory', name), path.join(root, 'cpu', name)];
  const [memoryFolder = '', cpuFolder = memoryFolder] = folders;
  try {
    if (unified) writeFileSync(path.join(root, 'cgroup.subtree_control'), '+memory +cpu');
    for (const folder of folders) mkdirSync(folder);
    if (memory !== undefined) {
      const bytes = String(memory * 2 ** 20);
      writeFileSync(path.join(memoryFolder, unified ? 'memory.max' : 'memory.limit_in_bytes'), bytes);
      // Kubernetes gives containers no swap by default; with swap a group would outgrow its limit. Absent without swap accounting.
      const swap = path.join(memoryFolder, unified ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes');
      if (existsSync(swap)) writeFileSync(swap, unified ? '0' : bytes);
    }
    if (cpu !== undefined && unified)
      writeFileSync(path.join(cpuFolder, 'cpu.max'), `${cpu * 100_000} 100000`);
    if (cpu !== undefined && !unified)
      writeFileSync(path.join(cpuFolder, 'cpu.cfs_quota_us'), String(cpu * 100_000));
  } catch (error) {
    for (const folder of folders) if (existsSync(folder)) rmdirSync(folder);
    throw new EngineMissing(`control groups: ${(error as Error).message}. Run as root on Linux with ${root} writable.`); // prettier-ignore
  }
  return {
    members: folders.map((folder) => path.join(folder, 'cgroup.procs')),
    oomKills: () =>
      counter(path.join(memoryFolder, unified ? 'memory.events' : 'memory.oom_control'), 'oom_kill'),
    throttledPeriods: () => counter(path.join(cpuFolder, 'cpu.stat'), 'nr_throttled'),
    remove() {
      for (const folder of folders) rmdirSync(folder);
    },
  };
}
