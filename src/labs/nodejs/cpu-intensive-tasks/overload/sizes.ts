import os from 'node:os';
import { Piscina } from 'piscina';

const pool = new Piscina();
console.log(
  JSON.stringify({
    parallelism: os.availableParallelism(),
    threads: pool.options.maxThreads,
    queue: String(pool.options.maxQueue),
  }),
);
await pool.destroy();
