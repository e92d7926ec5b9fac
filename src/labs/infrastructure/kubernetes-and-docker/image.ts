import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lab } from '#labs/index.ts';
import { judge } from './image/rules.ts';

const beside = (file: string): string => path.join(import.meta.dirname, 'image', file);

export default lab({
  title: 'An image, checked without building it',
  claim:
    'Eight rules, the lockfile and the bill of materials can be checked before any image exists, and a layer is reproducible only if its times are fixed.',
  engines: ['node'],
  async run({ fact, holds, folder }) {
    // #region judge
    const good = judge(readFileSync(beside('Dockerfile.dockerfile'), 'utf8'));
    const naive = judge(readFileSync(beside('Dockerfile.naive'), 'utf8'));
    // #endregion judge
    fact('eight rules, read off two Dockerfiles', {
      columns: ['rule', 'naive', 'mended'],
      rows: good.map(([rule, kept], index) => [
        rule,
        naive[index]?.[1] ? 'kept' : 'broken',
        kept ? 'kept' : 'broken',
      ]),
    });

    const app = await folder();
    cpSync(beside('app'), app, { recursive: true });
    const npm = (...args: string[]) =>
      spawnSync('npm', [...args, '--offline', '--ignore-scripts'], { cwd: app, encoding: 'utf8', env: { ...process.env, HOME: app, NO_COLOR: '1' } }); // prettier-ignore
    // #region materials
    const bill = (...flags: string[]): number => {
      const { stdout } = npm('sbom', '--package-lock-only', '--sbom-format=cyclonedx', ...flags);
      return (JSON.parse(stdout) as { components: unknown[] }).components.length;
    };
    fact('packages in the bill of materials', bill());
    fact('packages that ship', bill('--omit=dev'));
    // #endregion materials

    // #region drift
    mkdirSync(path.join(app, 'shared'));
    writeFileSync(path.join(app, 'shared', 'package.json'), '{ "name": "shared", "version": "1.0.0" }');
    const manifest = path.join(app, 'package.json');
    const changed = readFileSync(manifest, 'utf8').replace('"pino"', '"shared": "file:./shared", "pino"');
    writeFileSync(manifest, changed); // a dependency that the lockfile does not have
    // #endregion drift
    const drifted = npm('ci');
    fact('npm ci when package.json and lockfile disagree', `exit code ${drifted.status}, ${/code (E\w+)/.exec(drifted.stderr)?.[1] ?? 'no code'}`); // prettier-ignore

    // #region layer
    const digest = (mtime: Date, ...flags: string[]): string => {
      for (const file of ['package.json', 'package-lock.json'])
        utimesSync(path.join(app, file), mtime, mtime);
      const { stdout } = spawnSync('tar', ['-c', ...flags, 'package.json', 'package-lock.json'], {
        cwd: app,
      });
      return createHash('sha256').update(stdout).digest('hex');
    };
    const [monday, tuesday] = [new Date('2026-11-16'), new Date('2026-11-17')];
    const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    fact('same files, built on two days: same layer digest', digest(monday) === digest(tuesday));
    fact(
      'the same with fixed times: same layer digest',
      digest(monday, ...fixed) === digest(tuesday, ...fixed),
    );
    // #endregion layer
    holds('a digest covers something', digest(monday, ...fixed) !== createHash('sha256').digest('hex'));
  },
});
