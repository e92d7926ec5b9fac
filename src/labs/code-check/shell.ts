/** Shell by `bash -n`, which reads without running. */
import { spawnSync } from 'node:child_process';
import { findOnPath } from '../engines/path.ts';
import { eachBlock, problemAt, type Checker } from './block.ts';

/** Bash. */
export const shellChecker: Checker = {
  languages: ['bash', 'sh', 'shell'],
  by: '`bash -n`',
  check: eachBlock((block) => {
    const bash = findOnPath('bash');
    if (!bash) return [];
    const prompt = block.code
      .split('\n')
      .findIndex((line) => /^\s*[$#>] /.test(line) && !line.trim().startsWith('# '));
    if (prompt >= 0)
      return [
        problemAt(
          block,
          prompt + 1,
          'starts with a prompt. Leave it out, or show the session as ```text output.',
        ),
      ];
    const run = spawnSync(bash, ['-n'], { input: block.code, encoding: 'utf8' });
    if (run.status === 0) return [];
    const [first = 'bash does not read this'] = run.stderr.split('\n');
    const line = Number(/line (\d+)/.exec(first)?.[1] ?? 1);
    return [problemAt(block, line, first.replace(/^.*?line \d+: /, ''))];
  }),
};
