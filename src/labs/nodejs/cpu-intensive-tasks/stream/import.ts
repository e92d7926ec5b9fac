import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [way = '', file = ''] = process.argv.slice(2);

interface Order {
  readonly cents: number;
}

const cents = (line: string): number => (JSON.parse(line) as Order).cents;

/** A store that takes a moment for each piece, and the most that ever waited in front of it, in bytes. */
let waiting = 0;
const slowStore = (): Writable => {
  const store = new Writable({
    write: (_piece, _encoding, done) => {
      waiting = Math.max(waiting, store.writableLength);
      setTimeout(done, 1);
    },
  });
  return store;
};

// #region ways
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  'read it whole': async () => {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Order).reduce((sum, order) => sum + order.cents, 0);
  },
  'line by line': async () => {
    let sum = 0;
    for await (const line of createInterface({ input: createReadStream(file) })) sum += cents(line);
    return sum;
  },
  'write without waiting': async () => {
    const store = slowStore();
    for await (const piece of createReadStream(file)) store.write(piece); // false is ignored
    return waiting;
  },
  pipeline: async () => {
    await pipeline(createReadStream(file), slowStore());
    return waiting;
  },
};
// #endregion ways

if (way === 'make') {
  const out = createWriteStream(file);
  for (let id = 0; id < 400_000; id += 1) {
    const line = `${JSON.stringify({ id, customer: `customer ${id % 977}`, sku: `sku-${id}`, cents: id % 1000 })}\n`;
    if (!out.write(line)) await new Promise<void>((resolve) => out.once('drain', resolve));
  }
  out.end();
} else {
  console.log(JSON.stringify({ answer: await ways[way]?.(), rss: process.resourceUsage().maxRSS / 1024 }));
}
