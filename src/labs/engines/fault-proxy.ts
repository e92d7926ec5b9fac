/** A TCP proxy that does to connections what networks do: delay, swallow, reset, refuse. */
import { createServer, connect, type Socket } from 'node:net';

/** Which way bytes go. */
export type Direction = 'to-server' | 'to-client';

/** The proxy. What it is told holds for open and for new connections. */
export interface FaultProxy {
  /** Where clients connect, on 127.0.0.1. */
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Forwards everything unharmed (how it starts), and ends every other fault. */
  pass(): void;
  /** Holds back each piece of data for so many milliseconds, in each direction. */
  delay(ms: number): void;
  /** Swallows data silently, in one direction or both, as a cut cable would: connections stay open and nothing arrives. */
  cut(direction?: Direction): void;
  /** Resets (RST) every open connection. New ones are served. */
  reset(): void;
  /** Resets every new connection at once, as a dead host would, until `pass`. */
  refuse(): void;
  /**
   * Forwards until a piece of data matches, then resets that connection instead of forwarding it: once.
   * With `to-client` the server has done its work and the client never learns it.
   * Resolves when it has happened.
   */
  resetWhen(direction: Direction, matches: (data: Buffer) => boolean): Promise<void>;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

interface Trap {
  readonly direction: Direction;
  readonly matches: (data: Buffer) => boolean;
  readonly sprung: () => void;
}

/**
 * Starts a proxy in front of a port on 127.0.0.1.
 * @param to the port of the server.
 */
export async function faultProxy(to: number): Promise<FaultProxy> {
  let wait = 0;
  let refusing = false;
  let accepted = 0;
  const cutWays = new Set<Direction>();
  const traps: Trap[] = [];
  const pairs = new Set<readonly [Socket, Socket]>();

  const resetPair = ([client, server]: readonly [Socket, Socket]): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  const forward = (pair: readonly [Socket, Socket], direction: Direction): void => {
    const [client, server] = pair;
    const [from, into] = direction === 'to-server' ? [client, server] : [server, client];
    // Pieces leave in the order in which they came, however the delay changes between them.
    let line = Promise.resolve();
    const later = (act: () => void): void => {
      const ready = wait === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, wait));
      line = line.then(() => ready).then(act);
    };
    from.on('data', (data: Buffer) => {
      if (cutWays.has(direction)) return;
      const index = traps.findIndex((trap) => trap.direction === direction && trap.matches(data));
      if (index >= 0) {
        const [trap] = traps.splice(index, 1);
        resetPair(pair);
        trap?.sprung();
        return;
      }
      later(() => {
        if (!into.destroyed) into.write(data);
      });
    });
    from.on('end', () => {
      if (!cutWays.has(direction)) later(() => into.end());
    });
  };

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    accepted++;
    client.on('error', () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    const pair = [client, server] as const;
    pairs.add(pair);
    server.on('error', () => client.resetAndDestroy());
    client.on('error', () => server.resetAndDestroy());
    for (const socket of pair) {
      socket.on('close', () => {
        pairs.delete(pair);
        if (!cutWays.size) for (const other of pair) other.destroySoon();
      });
    }
    forward(pair, 'to-server');
    forward(pair, 'to-client');
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');

  return {
    port: address.port,
    get accepted() {
      return accepted;
    },
    pass() {
      wait = 0;
      refusing = false;
      cutWays.clear();
      traps.length = 0;
    },
    delay(ms) {
      wait = ms;
    },
    cut(direction) {
      for (const way of direction ? [direction] : (['to-server', 'to-client'] as const)) cutWays.add(way);
    },
    reset() {
      for (const pair of pairs) resetPair(pair);
    },
    refuse() {
      refusing = true;
    },
    resetWhen: (direction, matches) =>
      new Promise((sprung) => {
        traps.push({ direction, matches, sprung });
      }),
    close: () =>
      new Promise((resolve) => {
        for (const pair of pairs) resetPair(pair);
        listener.close(() => {
          resolve();
        });
      }),
  };
}
