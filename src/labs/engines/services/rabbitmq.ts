/** RabbitMQ with its management API. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../engine.ts';
import { start } from '../program.ts';
import { until } from '../until.ts';
import { addressOf, programOf, serviceMissing, type Place } from './locate.ts';
import { findOnPath } from '../path.ts';

const place: Place = {
  // Debian's program on PATH changes the user; the one behind it does not.
  programs: ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'],
  pathVariable: 'LAB_RABBITMQ_SERVER',
  addressVariable: 'LAB_RABBITMQ_URL',
};

/** A RabbitMQ node. */
export interface RabbitMq {
  /** `amqp://guest:guest@127.0.0.1:<port>`, for an AMQP client. */
  readonly url: string;
  readonly version: string;
  /** Calls the management API: `api('PUT', 'queues/%2F/orders', { arguments: { 'x-queue-type': 'quorum' } })`. @throws when it answers an error. */
  api(method: string, resource: string, body?: unknown): Promise<unknown>;
}

/** What a lab gets as `rabbitmq`. */
export type RabbitMqEngine = () => Promise<RabbitMq>;

function management(base: string, authorization: string): RabbitMq['api'] {
  return async (method, resource, body) => {
    const response = await fetch(`${base}/api/${resource}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`RabbitMQ answered ${response.status} to ${method} ${resource}: ${text}`);
    return text ? (JSON.parse(text) as unknown) : undefined;
  };
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** RabbitMQ as an engine. It takes three to six seconds to start. */
export const rabbitmq: Engine<RabbitMqEngine> = {
  label: 'RabbitMQ',
  tier: 2,
  missing: () => Promise.resolve(serviceMissing(place)),
  open: (host) => async () => {
    const program = programOf(place);
    const address = addressOf(place);
    let api: RabbitMq['api'];
    let url: string;
    if (program) {
      const folder = await host.folder();
      const [port, http, distribution, mapper] = [
        await host.port(),
        await host.port(),
        await host.port(),
        await host.port(),
      ];
      const config = path.join(folder, 'rabbitmq.conf');
      writeFileSync(config, [`listeners.tcp.1 = 127.0.0.1:${port}`, `management.tcp.ip = 127.0.0.1`, `management.tcp.port = ${http}`, ''].join('\n')); // prettier-ignore
      const plugins = path.join(folder, 'enabled_plugins');
      writeFileSync(plugins, '[rabbitmq_management].\n');
      for (const name of ['data', 'log', 'home']) mkdirSync(path.join(folder, name));
      // Erlang's port mapper: our own, in the foreground, so that none stays behind.
      const epmd = findOnPath('epmd');
      if (epmd) start(host, epmd, { args: ['-port', String(mapper), '-address', '127.0.0.1'] });
      const server = start(host, program, {
        cwd: folder,
        // A script that starts Erlang's machine; there is nothing to save.
        group: true,
        env: {
          HOME: path.join(folder, 'home'),
          ERL_EPMD_PORT: String(mapper),
          RABBITMQ_NODENAME: `lab${port}@localhost`,
          RABBITMQ_DIST_PORT: String(distribution),
          RABBITMQ_CONFIG_FILE: config,
          RABBITMQ_ADVANCED_CONFIG_FILE: path.join(folder, 'none'),
          RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none'),
          RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
          RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
          RABBITMQ_MNESIA_DIR: path.join(folder, 'data', 'node'),
          RABBITMQ_FEATURE_FLAGS_FILE: path.join(folder, 'feature_flags'),
          RABBITMQ_PLUGINS_EXPAND_DIR: path.join(folder, 'plugins'),
          RABBITMQ_LOG_BASE: path.join(folder, 'log'),
          RABBITMQ_LOGS: '-',
          RABBITMQ_PID_FILE: path.join(folder, 'pid'),
          RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-start_epmd false +sbwt none',
        },
      });
      await server.line(/Server startup complete|completed with \d+ plugins/, 40_000);
      url = `amqp://guest:guest@127.0.0.1:${port}`;
      api = management(`http://127.0.0.1:${http}`, basic('guest', 'guest'));
    } else {
      url = address ?? '';
      const { hostname, username, password } = new URL(url);
      const base = process.env['LAB_RABBITMQ_MANAGEMENT_URL'] ?? `http://${hostname}:15672`;
      api = management(
        base.replace(/\/$/, ''),
        basic(decodeURIComponent(username || 'guest'), decodeURIComponent(password || 'guest')),
      );
    }
    const overview = (await until('RabbitMQ’s management API answers', () =>
      api('GET', 'overview').catch(() => undefined),
    )) as { rabbitmq_version: string };
    host.used('RabbitMQ', overview.rabbitmq_version);
    return { url, version: overview.rabbitmq_version, api };
  },
};
