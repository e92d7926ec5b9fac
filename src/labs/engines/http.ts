/** HTTP services inside the lab's process, load on them, and a proxy that breaks connections (of any TCP protocol). */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Engine } from './engine.ts';
import { faultProxy, type FaultProxy } from './fault-proxy.ts';
import { load, type Load, type LoadOptions } from './load.ts';

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

/** What a lab gets as `http`. */
export interface Http {
  /** Serves requests on a free port until the lab ends. */
  serve(listener: RequestListener): Promise<HttpService>;
  /** A proxy in front of a TCP port: HTTP, PostgreSQL, anything. */
  proxy(to: number): Promise<FaultProxy>;
  /** Puts load on a service: so many connections, each waiting for its answer before it asks again. */
  load(options: LoadOptions): Promise<Load>;
}

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
    load,
  }),
};
