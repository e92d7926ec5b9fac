import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, so that none of those can come in between. */
const range = { from: 20_000, to: 30_000 } as const;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

/**
 * A TCP port on 127.0.0.1 that nothing listens on at this moment.
 * @param random numbers from 0 up to 1.
 */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = range.from + Math.floor(random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free TCP port was found between ${range.from} and ${range.to}.`);
}
