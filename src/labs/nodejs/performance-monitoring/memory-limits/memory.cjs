'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const [kind, mib = '100', workers = '1'] = process.argv.slice(2);
const kept = [];

const grow = {
  objects: () => kept.push(Array.from({ length: 2 ** 17 }, (_, i) => i + 0.5)), // 1 MiB of numbers
  Buffers: () => kept.push(Buffer.alloc(2 ** 20, 1)),
};

if (!isMainThread) {
  for (let i = 0; i < Number(workerData); i++) grow.objects();
  parentPort.postMessage('full');
} else {
  const before = process.memoryUsage();
  const report = () => {
    const grown = Object.entries(process.memoryUsage()).map(([key, bytes]) => [
      key,
      (bytes - before[key]) / 2 ** 20,
    ]);
    console.log(JSON.stringify(Object.fromEntries(grown)));
    process.exit();
  };
  if (kind in grow) {
    for (let i = 0; i < Number(mib); i++) grow[kind]();
    report();
  } else {
    let full = 0;
    const started = Array.from(
      { length: Number(workers) },
      () => new Worker(__filename, { workerData: mib }),
    );
    for (const worker of started) worker.on('message', () => ++full === started.length && report());
  }
}
