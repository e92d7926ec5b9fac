import { lab, type NodeProcess, type Point } from '#labs/index.ts';
import { type Line, price } from './call-or-hop/price.ts';

export default lab({
  title: 'The same pricing code as a call and as a hop',
  claim:
    'Behind HTTP the same function gives the same answer, costs many times as much, and gains an error that a call does not have; a loop over the seam pays for each turn.',
  engines: ['node'],
  async run({ node, fact, measure, holds, series }) {
    const order: Line[] = Array.from({ length: 20 }, (_, n) => ({
      sku: `sku-${n}`,
      quantity: 1 + (n % 12),
      cents: 199 + 10 * n,
    }));

    // Four processes in a row; the first prices, each other one asks the one before it.
    const node26 = await node();
    const services: NodeProcess[] = [];
    const urls: string[] = [];
    for (let hop = 1; hop <= 4; hop++) {
      const service = node26.start('call-or-hop/service.ts', { env: { NEXT: urls.at(-1) ?? '' } });
      services.push(service);
      const [, port] = await service.line(/listening on (\d+)/);
      urls.push(`http://127.0.0.1:${port}/`);
    }

    // #region both
    const call = (orders: Line[][]): number[] => orders.map(price);
    const hop = async (url: string, orders: Line[][]): Promise<number[]> => {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(orders) });
      return (await response.json()) as number[];
    };
    // #endregion both
    // One call is shorter than reading the clock, so each timing holds a thousand.
    let checksum = 0;
    const thousand = await timed(500, () => {
      for (let n = 0; n < 1000; n++) checksum += call([order])[0] ?? 0;
    });
    const inProcess = { p50: thousand.p50 / 1000, p99: thousand.p99 / 1000 };
    measure('in-process call, p50', inProcess.p50 * 1000, 'µs');
    measure('in-process call, p99', inProcess.p99 * 1000, 'µs');
    holds('Every call gave the same total', checksum === 550_000 * price(order));
    const points: Point[] = [[0, inProcess.p50]];
    const medians: number[] = [];
    let same = true;
    // Warms the client and all four, or the first medians would be a cold compiler's.
    for (const url of urls) for (let n = 0; n < 750; n++) await hop(url, [order]);
    for (const [index, url] of urls.entries()) {
      const hops = await timed(400, () => hop(url, [order]));
      same &&= (await hop(url, [order]))[0] === price(order);
      points.push([index + 1, hops.p50]);
      medians.push(hops.p50);
      const name = index === 0 ? 'one hop' : `${index + 1} hops`;
      measure(`${name}, p50`, hops.p50, 'ms');
      measure(`${name}, p99`, hops.p99, 'ms');
    }
    series('median of one priced order, by hops in a row', { x: 'hops', y: 'median', unit: 'ms', points });
    fact('the same total at every distance', same);
    const [one = 0, , , four = 0] = medians;
    measure('one hop costs as many calls', one / inProcess.p50, 'calls');
    holds('At the median a hop costs more than five calls', one > 5 * inProcess.p50);
    holds('Four hops cost more than one', four > one);

    const [url = ''] = urls;
    // #region loop
    const orders = Array.from({ length: 50 }, () => order);
    const oneByOne = await timed(20, async () => {
      for (const single of orders) await hop(url, [single]);
    });
    const batch = await timed(20, () => hop(url, orders));
    // #endregion loop
    measure('50 orders, one request each, p50', oneByOne.p50, 'ms');
    measure('50 orders, one request, p50', batch.p50, 'ms');
    holds('One request for 50 orders takes less than half of 50 requests', batch.p50 < oneByOne.p50 / 2);

    const [last] = services;
    last?.kill();
    await last?.ended;
    const error: unknown = await hop(url, [order]).catch((reason: unknown) => reason);
    const cause = error instanceof Error ? error.cause : undefined;
    fact(
      'the hop when the other process is gone',
      cause instanceof Error && 'code' in cause ? String(cause.code) : 'no error',
    );
    fact('the call then', call([order])[0] === price(order) ? 'still answers' : 'fails');
    for (const service of services.slice(1)) service.kill();
  },
});

/** Median and 99th percentile in milliseconds of `times` runs in a row, after a tenth as many to warm up. */
async function timed(times: number, work: () => unknown): Promise<{ p50: number; p99: number }> {
  for (let n = 0; n < times / 10; n++) await work();
  const taken: number[] = [];
  for (let n = 0; n < times; n++) {
    const from = performance.now();
    const result = work();
    if (result instanceof Promise) await result;
    taken.push(performance.now() - from);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => taken[Math.floor(share * taken.length)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
