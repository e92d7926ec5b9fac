/** HAProxy with a configuration that the lab writes. */
import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../engine.ts';
import { runToEnd, start } from '../program.ts';
import { until } from '../until.ts';
import { programOf, serviceMissing, type Place } from './locate.ts';

const place: Place = { programs: ['haproxy'], pathVariable: 'LAB_HAPROXY' };

/** A running HAProxy. */
export interface HaProxy {
  /** The port of the frontend. */
  readonly port: number;
  readonly url: string;
  readonly version: string;
  /** A command of the runtime API: `set server app/one state drain`. Gives the answer. */
  admin(command: string): Promise<string>;
}

/**
 * What a lab gets as `haproxy`: the backend's configuration as HAProxy reads it, without `global`, `defaults` and
 * `frontend`, which are given. Requests go to the backend named `app`.
 */
export type HaProxyEngine = (backend: string) => Promise<HaProxy>;

function ask(socketFile: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketFile);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.on('end', () => {
      resolve(answer.trim());
    });
    socket.on('error', reject);
    socket.write(`${command}\n`);
  });
}

/** HAProxy as an engine. */
export const haproxy: Engine<HaProxyEngine> = {
  label: 'HAProxy',
  tier: 2,
  missing: () => Promise.resolve(serviceMissing(place)),
  open: (host) => async (backend) => {
    const program = programOf(place) ?? '';
    const version =
      /version (\d+\.\d+(?:\.\d+)?)/.exec((await runToEnd(host, program, { args: ['-v'] })).stdout)?.[1] ??
      'unknown';
    host.used('HAProxy', version);
    const folder = await host.folder();
    const port = await host.port();
    const [config, admin] = [path.join(folder, 'haproxy.cfg'), path.join(folder, 'admin.sock')];
    writeFileSync(
      config,
      `global
  stats socket ${admin} level admin
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend lab
  bind 127.0.0.1:${port}
  default_backend app
${backend.trim()}
`,
    );
    const checked = await runToEnd(host, program, { args: ['-c', '-f', config] });
    if (checked.code !== 0)
      throw new Error(`HAProxy refuses this configuration:\n${checked.stderr || checked.stdout}`);
    start(host, program, { args: ['-db', '-f', config] });
    await until('HAProxy answers', () => ask(admin, 'show info').catch(() => ''));
    return { port, url: `http://127.0.0.1:${port}`, version, admin: (command) => ask(admin, command) };
  },
};
