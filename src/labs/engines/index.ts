/** All engines by the name under which labs ask for them. */
import type { Engine } from './engine.ts';
import { http } from './http.ts';
import { kafka } from './kafka.ts';
import { kubernetes } from './kubernetes/index.ts';
import { node } from './node.ts';
import { postgres } from './postgres/index.ts';
import { haproxy } from './services/haproxy.ts';
import { pgbouncer } from './services/pgbouncer.ts';
import { prometheus } from './services/prometheus.ts';
import { rabbitmq } from './services/rabbitmq.ts';
import { redis } from './services/redis.ts';
import { typescript } from './typescript.ts';

export const engines = {
  postgres,
  node,
  http,
  kafka,
  kubernetes,
  typescript,
  redis,
  rabbitmq,
  prometheus,
  haproxy,
  pgbouncer,
};

/** The name of an engine. */
export type EngineName = keyof typeof engines;

/** What a lab gets for each engine. */
export type Engines = {
  readonly [Name in EngineName]: (typeof engines)[Name] extends Engine<infer Open> ? Open : never;
};
