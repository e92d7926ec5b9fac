import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { inSlices, score } from './work.ts';

const rounds = 150_000_000;

/** A WebAssembly module of one function: `spin(n)` counts down to 0. */
const wasm = new WebAssembly.Module(
  Buffer.from(
    '0061736d0100000001050160017f00030201000708' + '01047370696e00000a10010e000340200041016b22000d000b0b',
    'hex',
  ),
);
const spin = new WebAssembly.Instance(wasm).exports['spin'] as (times: number) => void;
const pool = new Piscina({ filename: new URL('work.ts', import.meta.url).href, maxThreads: 1 });
await pool.run(1); // the thread is up

// #region ways
const ways: Readonly<Record<string, () => unknown>> = {
  'a plain call': () => score(rounds),
  'an async function': async () => {
    await Promise.resolve(); // does not help
    return score(rounds);
  },
  WebAssembly: () => {
    spin(400_000_000);
  },
  'slices of 10 ms': () => inSlices(rounds),
  'a worker thread': () => pool.run(rounds),
};

let working = false;
const server = createServer((request, response) => {
  const way = ways[decodeURIComponent(request.url?.slice(1) ?? '')];
  if (way) void measured(way).then((result) => response.end(JSON.stringify(result)));
  else response.end(String(working)); // any other request
});
// #endregion ways

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

/** Runs one way and reports its time and the longest event-loop delay, in ms. */
async function measured(way: () => unknown): Promise<{ took: number; delay: number }> {
  delay.reset();
  await sleep(50);
  console.log('started');
  const start = performance.now();
  working = true;
  await way();
  working = false;
  const took = performance.now() - start;
  await sleep(50);
  return { took, delay: delay.max / 1e6 };
}

server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  console.log('listening');
});
