/** Redis, or Valkey, which speaks the same protocol. */
import { EngineMissing, type Engine } from '../engine.ts';
import { start } from '../program.ts';
import { addressOf, programOf, serviceMissing, type Place } from './locate.ts';
import { connectRedis, type RedisClient } from './resp.ts';

const place: Place = {
  programs: ['redis-server', 'valkey-server'],
  pathVariable: 'LAB_REDIS_SERVER',
  addressVariable: 'LAB_REDIS_URL',
};

/** A Redis server. */
export interface Redis {
  /** `redis://127.0.0.1:<port>`, for libraries that connect by themselves. */
  readonly url: string;
  readonly port: number;
  /** `7.0.15` */
  readonly version: string;
  /** Opens a connection; closed when the lab ends. */
  client(): Promise<RedisClient>;
  /** Ends the server as a crash would. Nothing to do with one that was found by its address. */
  kill(): void;
}

/** What a lab gets as `redis`: settings as in redis.conf (`{ maxmemory: '2mb', 'maxmemory-policy': 'allkeys-lru' }`). */
export type RedisEngine = (settings?: Readonly<Record<string, string | number>>) => Promise<Redis>;

/** Redis as an engine. */
export const redis: Engine<RedisEngine> = {
  label: 'Redis or Valkey',
  tier: 2,
  missing: () => Promise.resolve(serviceMissing(place)),
  open:
    (host) =>
    async (settings = {}) => {
      const program = programOf(place);
      const address = addressOf(place);
      let url: string;
      let kill = (): void => undefined;
      if (program) {
        const port = await host.port();
        const all = {
          port,
          bind: '127.0.0.1',
          save: '',
          appendonly: 'no',
          dir: await host.folder(),
          daemonize: 'no',
          ...settings,
        };
        const server = start(host, program, {
          args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]),
        });
        await server.line(/[Rr]eady to accept connections/);
        url = `redis://127.0.0.1:${port}`;
        kill = () => {
          server.kill();
        };
      } else if (address && Object.keys(settings).length === 0) url = address;
      else
        throw new EngineMissing(
          'This lab needs a Redis with settings of its own; redis-server or valkey-server is not on PATH.',
        );

      const client = async (): Promise<RedisClient> => {
        const opened = await connectRedis(url);
        host.defer(() => {
          opened.close();
        });
        return opened;
      };
      const info = String(await (await client()).send('INFO', 'server'));
      const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
      const version = valkey ?? /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
      host.used(valkey ? 'Valkey' : 'Redis', version);
      return { url, port: Number(new URL(url).port || 6379), version, client, kill };
    },
};
