import v8 from 'node:v8';
import { isMainThread, parentPort } from 'node:worker_threads';

const failure = process.argv[2];
const answer = (message) => (isMainThread ? process.send(message) : parentPort.postMessage(message));
const listen = (fn) => (isMainThread ? process.on('message', fn) : parentPort.on('message', fn));

// #region failures
const failures = {
  'throws an error': () => {
    throw new Error('bug');
  },
  'rejects a promise': () => Promise.reject(new Error('bug')),
  'calls process.exit(3)': () => process.exit(3),
  'fills its heap': () => {
    for (const kept = []; ;) kept.push(new Array(10_000).fill(kept.length));
  },
  'crashes in native code': () => {
    v8.setFlagsFromString('--allow-natives-syntax');
    new Function('%SystemBreak()')(); // V8's own trap instruction, as a bug in an add-on would hit
  },
  'gets SIGKILL': () => process.kill(process.pid, 'SIGKILL'),
};
// #endregion failures

listen((message) => (message === 'ping' ? answer('pong') : failures[failure]()));
answer(failure ? 'ready' : Object.keys(failures));
