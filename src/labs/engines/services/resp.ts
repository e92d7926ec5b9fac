/** A connection that speaks Redis's protocol (RESP2): commands as they go over the wire, answers in order. */
import { connect, type Socket } from 'node:net';

/** What Redis answers. */
export type Reply = string | number | null | readonly Reply[] | RedisError;

/** An error that Redis answered; `code` is its first word (`WRONGTYPE`, `NOSCRIPT`, `OOM`). */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly code: string;

  constructor(message: string) {
    super(message);
    this.code = message.split(' ')[0] ?? '';
  }
}

/** A command as bytes. */
export function encode(words: readonly (string | number)[]): string {
  const parts = words.map((word) => {
    const text = String(word);
    return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  });
  return `*${words.length}\r\n${parts.join('')}`;
}

/**
 * Reads one answer from the start of a buffer.
 * @returns the answer and where it ends, or undefined while it is incomplete.
 * @throws {SyntaxError} when the bytes are no RESP2.
 */
export function decode(data: Buffer, at = 0): { readonly reply: Reply; readonly end: number } | undefined {
  const lineEnd = data.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = data.toString('utf8', at + 1, lineEnd);
  const after = lineEnd + 2;
  switch (data.toString('latin1', at, at + 1)) {
    case '+':
      return { reply: line, end: after };
    case '-':
      return { reply: new RedisError(line), end: after };
    case ':':
      return { reply: Number(line), end: after };
    case '$': {
      const length = Number(line);
      if (length < 0) return { reply: null, end: after };
      if (data.length < after + length + 2) return undefined;
      return { reply: data.toString('utf8', after, after + length), end: after + length + 2 };
    }
    case '*': {
      const count = Number(line);
      if (count < 0) return { reply: null, end: after };
      const items: Reply[] = [];
      let end = after;
      for (let index = 0; index < count; index++) {
        const item = decode(data, end);
        if (!item) return undefined;
        items.push(item.reply);
        end = item.end;
      }
      return { reply: items, end };
    }
    default:
      throw new SyntaxError(`Redis answered something that is no RESP2: ${line}`);
  }
}

/** A connection to Redis. */
export interface RedisClient {
  /** Sends a command and gives its answer. @throws {RedisError} when Redis answers an error. */
  send(...command: readonly (string | number)[]): Promise<Reply>;
  /** Calls back for each message on a channel; the connection can then only subscribe and unsubscribe. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  close(): void;
}

/** Connects to Redis at a port of 127.0.0.1, or wherever the address says. */
export async function connectRedis(url: string): Promise<RedisClient> {
  const { hostname, port, password, pathname } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port || 6379) });
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  const listeners = new Map<string, (message: string) => void>();
  let data: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    data = Buffer.concat([data, chunk]);
    for (let next = decode(data); next; next = decode(data)) {
      data = data.subarray(next.end);
      const { reply } = next;
      if (Array.isArray(reply) && reply[0] === 'message') {
        listeners.get(String(reply[1]))?.(String(reply[2]));
        continue;
      }
      const first = waiting.shift();
      if (reply instanceof RedisError) first?.reject(reply);
      else first?.resolve(reply);
    }
  });
  const lost = (error?: Error): void => {
    for (const each of waiting.splice(0))
      each.reject(error ?? new Error('The connection to Redis was closed.'));
  };
  socket.on('error', lost);
  socket.on('close', () => {
    lost();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const send: RedisClient['send'] = (...command) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(new Error('The connection to Redis is closed.'));
        return;
      }
      waiting.push({ resolve, reject });
      socket.write(encode(command));
    });
  if (password) await send('AUTH', decodeURIComponent(password));
  if (/^\/\d+$/.test(pathname)) await send('SELECT', pathname.slice(1));
  return {
    send,
    async subscribe(channel, listener) {
      listeners.set(channel, listener);
      await send('SUBSCRIBE', channel);
    },
    close: () => {
      socket.destroy();
    },
  };
}
