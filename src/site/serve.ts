/** `npm start`'s second half, also used by tests: serves the built site, as a static host would. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import sirv from 'sirv';

/** A running server: where it listens, and how to stop it. */
export interface Serving {
  /** The address of the home page, with a trailing slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

function listen(server: Server, port: number, tries: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && tries > 0) resolve(listen(server, port + 1, tries - 1));
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/**
 * Serves a built site on this machine; an address that does not exist gets the site's 404 page.
 * @param folder the build, such as `dist`
 * @param options `port`: the first to try, the next 20 are tried when it is in use, 0 takes any free one; `base`: the path the site was built for
 * @throws Error when the folder holds no build, or every port is in use.
 */
export async function serve(
  folder: string,
  { port = 4321, base = '/' }: { port?: number; base?: string } = {},
): Promise<Serving> {
  if (!existsSync(path.join(folder, 'index.html')))
    throw new Error(`${folder} holds no built site. Build it with \`npm run build\`.`);
  const files = sirv(folder, { dev: true });
  const prefix = base.replace(/\/$/, '');
  const server = createServer((request, response) => {
    const missing = () => {
      response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' });
      response.end(readFileSync(path.join(folder, '404.html')));
    };
    if (!request.url?.startsWith(`${prefix}/`)) {
      missing();
      return;
    }
    request.url = request.url.slice(prefix.length);
    files(request, response, missing);
  });
  const taken = await listen(server, port, 20);
  return {
    url: `http://127.0.0.1:${taken}${prefix}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

if (import.meta.main) {
  const { url, close } = await serve('dist', {
    port: Number(process.env['PORT'] ?? 4321),
    base: process.env['SITE_BASE'] ?? '/',
  });
  console.log(`The Architect Round is at ${url}  (Ctrl-C stops it)`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(0)));
}
