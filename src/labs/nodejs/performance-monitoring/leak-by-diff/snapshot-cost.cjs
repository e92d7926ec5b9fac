'use strict';
const { rmSync } = require('node:fs');
const v8 = require('node:v8');

const [kind, file] = process.argv.slice(2);

// #region cost
const kept = {
  'small objects': () => Array.from({ length: 200_000 }, (_, id) => ({ id, price: id / 7 })),
  'large arrays': () => Array.from({ length: 60 }, () => Array.from({ length: 2 ** 17 }, (_, i) => i / 7)),
}[kind]();

global.gc();
const { heapUsed, rss } = process.memoryUsage();
const start = performance.now();
v8.writeHeapSnapshot(file);
const paused = performance.now() - start;
const extra = process.resourceUsage().maxRSS * 1024 - rss; // the highest RSS so far, minus what it was before
// #endregion cost
rmSync(file);
console.log(JSON.stringify({ kept: kept.length, heap: heapUsed / 2 ** 20, extra: extra / 2 ** 20, paused }));
