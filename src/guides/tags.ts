/**
 * The vocabulary of topics that cut across categories. A guide's tags come from here and each tag that two or more
 * guides carry has a page of its own.
 */
export const tags = {
  'api-design': 'API design',
  async: 'Asynchronous code',
  'back-pressure': 'Back-pressure',
  caching: 'Caching',
  capacity: 'Capacity planning',
  communication: 'Communication',
  concurrency: 'Concurrency',
  consistency: 'Consistency',
  containers: 'Containers',
  cost: 'Cost',
  'data-modelling': 'Data modelling',
  decisions: 'Decision records',
  deployment: 'Deployment',
  idempotency: 'Idempotency',
  indexing: 'Indexing',
  latency: 'Latency',
  locking: 'Locks',
  memory: 'Memory',
  messaging: 'Messaging',
  migration: 'Migration',
  modularity: 'Modularity',
  observability: 'Observability',
  ownership: 'Ownership',
  partitioning: 'Partitioning',
  postgresql: 'PostgreSQL',
  'query-planning': 'Query planning',
  queues: 'Queues',
  reliability: 'Reliability',
  replication: 'Replication',
  retries: 'Retries',
  runtime: 'Node.js runtime',
  scaling: 'Scaling',
  security: 'Security and privacy',
  storage: 'Storage',
  testing: 'Testing',
  threads: 'Threads and processes',
  transactions: 'Transactions',
} as const;

/** A topic's identifier, as guides write it in their frontmatter and as addresses use it. */
export type Tag = keyof typeof tags;

/** Every tag, in the vocabulary's order. */
export const tagNames = Object.keys(tags) as [Tag, ...Tag[]];
