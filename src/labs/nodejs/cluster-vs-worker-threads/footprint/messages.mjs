import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { inspect } from 'node:util';

const self = new URL(import.meta.url);
const child = process.argv[2] === 'child';

class Money {
  cents = 100;
}

// #region values
const values = {
  'new Date(0)': new Date(0),
  'new Map([[1, 2]])': new Map([[1, 2]]),
  'Uint8Array.of(1, 2)': Uint8Array.of(1, 2),
  '10n': 10n,
  '{ a: undefined }': { a: undefined },
  'new Money()': new Money(),
  '() => {}': () => {},
  'new SharedArrayBuffer(1)': new SharedArrayBuffer(1),
};
// #endregion values

/** What the other side received, described there. */
const described = ({ value }) =>
  value instanceof SharedArrayBuffer ? 'the same memory' : inspect(value, { breakLength: Infinity });

if (child || !isMainThread) {
  const port = isMainThread ? process : parentPort;
  const answer = (text) => (isMainThread ? process.send(text) : parentPort.postMessage(text));
  port.on('message', (message) => answer(described(message)));
  answer('ready');
} else {
  const open = {
    'process, json': () => fork(self, ['child']),
    'process, advanced': () => fork(self, ['child'], { serialization: 'advanced' }),
    thread: () => new Worker(self),
  };
  const rows = Object.keys(values).map((name) => [name]);
  for (const begin of Object.values(open)) {
    const other = begin();
    await once(other, 'message');
    for (const [index, value] of Object.values(values).entries()) {
      try {
        if (other instanceof Worker) other.postMessage({ value });
        else other.send({ value });
        rows[index].push((await once(other, 'message'))[0]);
      } catch (error) {
        rows[index].push(`throws ${error.name}`);
      }
    }
    if (other instanceof Worker) await other.terminate();
    else other.kill();
  }
  console.log(JSON.stringify(rows));
}
