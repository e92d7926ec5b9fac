import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

const self = new URL(import.meta.url);

if (process.argv[2] === 'child') {
  process.on('message', (message) => process.send(message));
} else if (!isMainThread) {
  parentPort.on('message', ({ value, move }) => parentPort.postMessage(value, move ? [value.buffer] : []));
} else {
  const rows = Array.from({ length: 200 }, (_, id) => ({ id, name: `name ${id}`, tags: ['a', 'b'] }));
  const bytes = () => new Uint8Array(2 ** 20);
  const json = fork(self, ['child']);
  const advanced = fork(self, ['child'], { serialization: 'advanced' });
  const thread = new Worker(self);

  // #region ways
  const ways = {
    '200 small objects': {
      'process, by default': () => json.send(rows),
      'process, advanced': () => advanced.send(rows),
      'thread, copied': () => thread.postMessage({ value: rows }),
    },
    '1 MB of bytes': {
      'process, advanced': () => advanced.send(bytes()),
      'thread, copied': () => thread.postMessage({ value: bytes() }),
      'thread, moved': () => {
        const value = bytes();
        thread.postMessage({ value, move: true }, [value.buffer]);
      },
    },
  };
  // #endregion ways

  const answerOf = (way) => (way.startsWith('thread') ? thread : way.endsWith('advanced') ? advanced : json);
  const results = [];
  for (const [what, sends] of Object.entries(ways)) {
    const times = Object.fromEntries(Object.keys(sends).map((way) => [way, []]));
    for (let round = 0; round < 120; round += 1) {
      for (const [way, send] of Object.entries(sends)) {
        const began = performance.now();
        send();
        await once(answerOf(way), 'message');
        times[way].push(performance.now() - began);
      }
    }
    for (const [way, all] of Object.entries(times)) {
      const warm = all.slice(20).sort((a, b) => a - b);
      results.push({ what, way, microseconds: warm[warm.length / 2] * 1000 });
    }
  }
  console.log(JSON.stringify(results));
  json.kill();
  advanced.kill();
  await thread.terminate();
}
