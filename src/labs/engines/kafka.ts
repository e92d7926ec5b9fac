/**
 * Kafka's mock cluster: brokers inside librdkafka that speak the protocol over TCP. It has topics, partitions, groups,
 * rebalances and idempotent producers; it is no Kafka (no log on disk, no replication), and pages must call it a mock.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as KafkaJs from 'kafkajs';
import type { Engine } from './engine.ts';
import { findOnPath } from './path.ts';
import { nodeProgram } from './node.ts';
import { runToEnd, start } from './program.ts';

/** A running mock cluster. Topics come into being when they are first used, with four partitions. */
export interface KafkaMock {
  /** `127.0.0.1:…`, one for each broker. */
  readonly brokers: readonly string[];
  /** A KafkaJS client that logs nothing. KafkaJS's idempotent producer does not work against the mock. */
  client(id: string): KafkaJs.Kafka;
}

/** What a lab gets as `kafka`. */
export type KafkaEngine = (options?: { readonly brokers?: number }) => Promise<KafkaMock>;

const require = createRequire(import.meta.url);

/** Whether the native part of kafka-crab-js is there. npm leaves it out when it runs under another Node.js than 24. */
function hasNative(): boolean {
  try {
    require('kafka-crab-js');
    return true;
  } catch {
    return false;
  }
}

/** The mock cluster as an engine: by kafka-crab-js, else by kcat. */
export const kafka: Engine<KafkaEngine> = {
  label: 'Kafka mock cluster',
  tier: 1,
  missing: () =>
    Promise.resolve(
      hasNative() || findOnPath('kcat')
        ? undefined
        : 'the native part of kafka-crab-js is not installed (npm leaves it out unless it runs under Node.js 24), and kcat is not on PATH. Run `npm ci` under Node.js 24, or install kcat',
    ),
  open:
    (host) =>
    async ({ brokers = 3 } = {}) => {
      const kcat = hasNative() ? undefined : findOnPath('kcat');
      const program = kcat
        ? // A producer that waits for input on its stdin; the cluster lives in it.
          start(host, kcat, {
            args: ['-P', '-b', 'mock', '-t', 'unused', '-X', `test.mock.num.brokers=${brokers}`],
          })
        : start(host, nodeProgram(26) ?? process.execPath, {
            args: [fileURLToPath(new URL('kafka-cluster.ts', import.meta.url)), String(brokers)],
          });
      const [, list = ''] = await program.line(/replaced with ((?:[\d.]+:\d+,?)+)/);
      const version = kcat ? (await runToEnd(host, kcat, { args: ['-V'] })).stdout : 'librdkafka 2.12.1';
      host.used('Kafka mock cluster (librdkafka)', /librdkafka ([\d.]+)/.exec(version)?.[1] ?? 'unknown');
      const addresses = list.split(',');
      return {
        brokers: addresses,
        client(id) {
          const { Kafka, logLevel } = require('kafkajs') as typeof KafkaJs;
          return new Kafka({ clientId: id, brokers: addresses, logLevel: logLevel.NOTHING });
        },
      };
    },
};
