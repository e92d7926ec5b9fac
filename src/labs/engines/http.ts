/** HTTP services inside the lab's process, load on them, and a proxy that breaks connections (of any TCP protocol). */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { Engine } from './engine.ts';
import { faultProxy, type FaultProxy } from './fault-proxy.ts';

/** A running HTTP service. */
export interface HttpService {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly server: Server;
  /** Stops taking connections, waits for open requests, closes idle ones. */
  close(): Promise<void>;
  /** Destroys every connection at once. */
  kill(): void;
}

/** Load on a service. */
export interface LoadOptions {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Connections at the same time; default 10. */
  readonly connections?: number;
  /** Either so many requests, or so many seconds. */
  readonly requests?: number;
  readonly seconds?: number;
}

/** What load brought about. */
export interface Load {
  /** Answers by status class. */
  readonly ok: number;
  readonly not2xx: number;
  /** Connection errors and time-outs. */
  readonly errors: number;
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What a lab gets as `http`. */
export interface Http {
  /** Serves requests on a free port until the lab ends. */
  serve(listener: RequestListener): Promise<HttpService>;
  /** A proxy in front of a TCP port: HTTP, PostgreSQL, anything. */
  proxy(to: number): Promise<FaultProxy>;
  /** Puts load on a service by autocannon. */
  load(options: LoadOptions): Promise<Load>;
}

/** What is used of autocannon, which ships no types. */
interface AutocannonResult {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number };
}
type Autocannon = (options: Record<string, unknown>) => Promise<AutocannonResult>;

/** HTTP as an engine. */
export const http: Engine<Http> = {
  label: 'HTTP services',
  tier: 1,
  missing: () => Promise.resolve(undefined),
  open: (host) => ({
    async serve(listener) {
      const server = createServer(listener);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('The service has no port.');
      host.defer(() => {
        server.closeAllConnections();
        server.close();
      });
      return {
        port: address.port,
        url: `http://127.0.0.1:${address.port}`,
        server,
        close: () =>
          new Promise((resolve) => {
            server.close(() => {
              resolve();
            });
            server.closeIdleConnections();
          }),
        kill() {
          server.closeAllConnections();
          server.close();
        },
      };
    },
    async proxy(to) {
      const proxy = await faultProxy(to);
      host.defer(() => proxy.close());
      return proxy;
    },
    async load({ connections = 10, requests, seconds, ...rest }) {
      const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;
      const result = await autocannon({
        ...rest,
        connections,
        ...(requests === undefined ? { duration: seconds ?? 1 } : { amount: requests }),
      });
      return {
        ok: result['2xx'],
        not2xx: result.non2xx,
        errors: result.errors + result.timeouts,
        rate: result.requests.total / result.duration,
        p50: result.latency.p50,
        p99: result.latency.p99,
      };
    },
  }),
};
