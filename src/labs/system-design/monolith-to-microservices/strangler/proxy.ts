/** A proxy that moves one route from an old process to a new one, by accounts, while requests run. */
import { type IncomingMessage, request, type RequestListener } from 'node:http';
import { crc32 } from 'node:zlib';

// #region route
/** The route that moves, for which share of accounts reads move, 0 to 100, and whether writes move, all or none. */
export interface Route {
  readonly prefix: string;
  share: number;
  writes: boolean;
}

/** A share that grows only adds accounts, so nobody goes back and forth. */
export const moved = (account: string, share: number): boolean => crc32(account) % 100 < share;

export function strangler(route: Route, ports: { old: number; new: number }): RequestListener {
  return (incoming, response) => {
    const { url = '/', method, headers } = incoming;
    const ours = url.startsWith(route.prefix);
    const isNew =
      ours && (method === 'GET' ? moved(String(headers['x-account']), route.share) : route.writes);
    const port = isNew ? ports.new : ports.old;
    const upstream = request({ host: '127.0.0.1', port, path: url, method, headers, agent: false });
    upstream.on('response', (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.writeHead(502).end());
    incoming.pipe(upstream);
  };
}
// #endregion route
