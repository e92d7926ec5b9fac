/**
 * `npm test`: every check of the project, in the order in which a mistake is cheapest to find. Stops at nothing: all
 * steps run, so that one run shows everything that is wrong, except that the checks of the built site need a build.
 * `npm test -- lint unit` runs only the steps named. What a failed step printed last is printed again at the end, where it
 * is looked for.
 */
import { spawn } from 'node:child_process';

interface Step {
  readonly name: string;
  readonly what: string;
  readonly command: readonly [string, ...string[]];
  readonly needs?: string;
  readonly env?: Readonly<Record<string, string>>;
}

// Labs that need a service of the system (Redis, Prometheus …) run where it is there; where tests run unattended as root
// it is installed, and none may be missing.
const unattended = Boolean(process.env['CI']) && process.getuid?.() === 0;

const belowPath = { SITE_URL: 'https://example.org', SITE_BASE: '/guides/' };

// The types come before lint: checking them writes the types of the content, which lint reads. The services come before
// the unit tests, which try their engines too. Below a path runs what follows addresses; how pages look, and what search
// finds, is the same there.
const steps: readonly Step[] = [
  { name: 'format', what: 'formatting', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'types', what: 'types', command: ['astro', 'check'] },
  { name: 'lint', what: 'lint', command: ['eslint', '.'] },
  { name: 'unused', what: 'unused files, exports and dependencies', command: ['knip', '--exclude', 'types'] },
  { name: 'guides', what: 'anatomy of the guides', command: ['node', 'src/guides/check.ts'] },
  { name: 'code', what: 'code blocks', command: ['node', 'src/labs/code-check/cli.ts'] },
  {
    name: 'services',
    what: 'labs that need services',
    command: ['node', 'src/labs/cli.ts', '--services', ...(unattended ? ['--install'] : [])],
    env: unattended ? { LABS_STRICT: '1' } : {},
  },
  { name: 'unit', what: 'unit tests', command: ['vitest', 'run', '--config', 'tests/vitest.config.ts'] },
  { name: 'labs', what: 'labs', command: ['node', 'src/labs/cli.ts', '--check'] },
  // First as it is served below a project's path, then at a domain's root, whose build stays in `dist`.
  { name: 'base', what: 'build below a path', command: ['astro', 'build'], env: belowPath },
  {
    name: 'base-site',
    what: 'the site below a path',
    command: ['vitest', 'run', '--config', 'tests/site.config.ts', 'links', 'sharing', 'anchors'],
    needs: 'base',
    env: belowPath,
  },
  {
    name: 'base-browser',
    what: 'real Chromium below a path',
    command: [
      'playwright',
      'test',
      '--config',
      'tests/playwright.config.ts',
      ...['deep-links', 'labs', 'menu', 'practice', 'questions', 'search', 'viewer'],
    ],
    needs: 'base',
    env: belowPath,
  },
  { name: 'build', what: 'production build', command: ['astro', 'build'] },
  {
    name: 'site',
    what: 'the built site',
    command: ['vitest', 'run', '--config', 'tests/site.config.ts'],
    needs: 'build',
  },
  { name: 'size', what: 'script and style budget', command: ['size-limit'], needs: 'build' },
  { name: 'diagrams', what: 'diagrams against Chromium', command: ['node', 'src/diagrams/audit.ts'] },
  {
    name: 'browser',
    what: 'real Chromium',
    command: ['playwright', 'test', '--config', 'tests/playwright.config.ts'],
    needs: 'build',
  },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No step is called ${unknown.join(', ')}. The steps: ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

/** How many of its last lines a failed step repeats at the end. */
const repeated = 60;

/** Runs a step, passing on what it prints. Returns its exit code (null when a signal ended it) and all that it printed. */
function run({ command, env }: Step): Promise<{ readonly status: number | null; readonly printed: string }> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
        ASTRO_TELEMETRY_DISABLED: '1',
        ...env,
      },
    });
    let printed = '';
    const pass = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      printed += chunk.toString();
      stream.write(chunk);
    };
    child.stdout.on('data', pass(process.stdout));
    child.stderr.on('data', pass(process.stderr));
    child.once('error', ({ message }) => {
      resolve({ status: null, printed: `${printed}${message}` });
    });
    child.once('close', (status) => {
      resolve({ status, printed });
    });
  });
}

const failed: { readonly name: string; readonly end: string }[] = [];
let passed = 0;
for (const step of steps) {
  const { name, what, command, needs } = step;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (needs && failed.some((other) => other.name === needs)) {
    const end = `cannot run, because the step “${needs}” failed`;
    console.log(`\n✗ ${what}: ${end}`);
    failed.push({ name, end });
    continue;
  }
  console.log(`\n— ${what}: ${command.join(' ')}`);
  const started = performance.now();
  const { status, printed } = await run(step);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status === 0) passed += 1;
  else failed.push({ name, end: printed.trimEnd().split('\n').slice(-repeated).join('\n') });
  console.log(`${status === 0 ? '✓' : '✗'} ${what} (${seconds} s)`);
}
for (const { name, end } of failed) console.log(`\n✗ ${name}, its last lines:\n${end}`);
if (failed.length > 0)
  console.log(
    `\nFailed: ${failed.map(({ name }) => name).join(', ')}. Run one alone with \`npm test -- ${failed[0]?.name ?? ''}\`.`,
  );
console.log(`\n${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
