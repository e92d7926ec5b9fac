import path from 'node:path';
import { expect, test } from 'vitest';
import { Runner } from '../runner.ts';
import { kafka } from './kafka.ts';
import { findBinaries } from './postgres/binaries.ts';

// Node.js 22 and 24, kubectl and helm come as packages for Linux on x64 only.
const everywhere = process.platform === 'linux' && process.arch === 'x64';

test.skipIf(!everywhere)('every engine of the first tier starts, answers and stops', async () => {
  const runner = new Runner();
  const ran = await runner.run(
    path.join(import.meta.dirname, '../fixtures/infrastructure/sample/engines.ts'),
  );
  await runner.stop();
  if (ran.state !== 'ran') throw new Error(JSON.stringify(ran, undefined, 2));
  expect(Object.fromEntries(ran.result.facts.map(({ name, value }) => [name, value]))).toEqual({
    majors: [22, 24, 26],
    'the client sees': 'Error: read ECONNRESET',
    'rows committed': 1,
    answers: [50, 0, 0, 20, 0],
    'a write on the standby': '25006',
    'a write after promotion': 'INSERT 1',
    'rows after the crash': 2,
    'a good manifest': 0,
    'a typo': [
      'spec.template.spec.containers[0].readynessProbe is no field of Container; did you mean readinessProbe?',
    ],
    'kustomized names': ['prod-settings'],
    helm: true,
    'the compiler says': ['TS2322 in line 2'],
  });
});

test('PostgreSQL’s programs are found for this platform', async () => {
  expect(await findBinaries()).toMatchObject({ postgres: expect.stringContaining('postgres') as string });
});

test.skipIf((await kafka.missing()) !== undefined)(
  'Kafka’s mock keeps the messages of one key together',
  async () => {
    const runner = new Runner();
    const ran = await runner.run(
      path.join(import.meta.dirname, '../fixtures/infrastructure/sample/kafka.ts'),
    );
    await runner.stop();
    if (ran.state !== 'ran') throw new Error(JSON.stringify(ran, undefined, 2));
    expect(ran.result.facts.map(({ value }) => value)).toEqual([1, 3]);
  },
);
