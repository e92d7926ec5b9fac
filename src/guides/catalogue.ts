/**
 * The catalogue: five categories and the 25 questions, in the order they are asked.
 * It is the one source for the sidebar, the index, previous and next, exports and tests.
 */

/** A category of questions. `hue` names the colour token (`--<hue>` and `--<hue>-wash`); `icon` a symbol in `Icon.astro`. */
export interface Category {
  readonly slug: string;
  readonly title: string;
  /** What a reader can do after reading the category, in one line. */
  readonly promise: string;
  readonly hue: 'accent' | 'success' | 'teal' | 'caution' | 'magenta';
  readonly icon: 'boxes' | 'loop' | 'cylinder' | 'gauge' | 'people';
}

/** A question as the interviewer asks it. */
export interface Question {
  /** 1 to 25; readers cite it, so it never changes. */
  readonly number: number;
  /** The slug of its category. */
  readonly category: string;
  /** The last part of its address. */
  readonly slug: string;
  /** The question's words. */
  readonly asked: string;
}

export const categories = [
  {
    slug: 'system-design',
    title: 'System Design & Architecture',
    promise: 'Size it, draw it, and say what breaks first.',
    hue: 'accent',
    icon: 'boxes',
  },
  {
    slug: 'nodejs',
    title: 'Backend & Node.js Deep Dive',
    promise: 'Explain the runtime well enough to predict it.',
    hue: 'success',
    icon: 'loop',
  },
  {
    slug: 'postgresql',
    title: 'PostgreSQL & Data Layer',
    promise: 'Choose indexes, locks and migrations by their plans.',
    hue: 'teal',
    icon: 'cylinder',
  },
  {
    slug: 'infrastructure',
    title: 'Scalability, Reliability, and Infra',
    promise: 'Ship on a weekday and know within minutes if it hurt.',
    hue: 'caution',
    icon: 'gauge',
  },
  {
    slug: 'leadership',
    title: 'Leadership & Mindset',
    promise: 'Tell a story that survives the second question.',
    hue: 'magenta',
    icon: 'people',
  },
] as const satisfies readonly Category[];

export const questions: readonly Question[] = [
  {
    number: 1,
    category: 'system-design',
    slug: 'notification-and-chat',
    asked: 'How would you design a scalable notification or chat system using Node.js and Postgres?',
  },
  {
    number: 2,
    category: 'system-design',
    slug: 'monolith-to-microservices',
    asked: 'What factors do you consider before breaking a monolith into microservices?',
  },
  {
    number: 3,
    category: 'system-design',
    slug: 'rest-vs-message-queues',
    asked: 'How do you handle inter-service communication — REST vs. message queues (Kafka, RabbitMQ)?',
  },
  {
    number: 4,
    category: 'system-design',
    slug: 'data-consistency',
    asked: 'How would you ensure data consistency between multiple microservices?',
  },
  {
    number: 5,
    category: 'system-design',
    slug: 'caching',
    asked: 'What caching strategy would you use in a high-read system (Redis, memory cache, etc.)?',
  },
  {
    number: 6,
    category: 'system-design',
    slug: 'rate-limiter-and-job-scheduler',
    asked: "Explain how you'd design a rate limiter or job scheduling system in Node.js.",
  },
  {
    number: 7,
    category: 'system-design',
    slug: 'scaling-postgres',
    asked: 'How would you scale Postgres horizontally for millions of users?',
  },
  {
    number: 8,
    category: 'nodejs',
    slug: 'event-loop',
    asked: 'Explain Node.js event loop phases and how async/await works internally.',
  },
  {
    number: 9,
    category: 'nodejs',
    slug: 'cpu-intensive-tasks',
    asked: 'How do you manage long-running or CPU-intensive tasks in Node.js?',
  },
  {
    number: 10,
    category: 'nodejs',
    slug: 'cluster-vs-worker-threads',
    asked: "What's the difference between clustering and worker threads in Node.js?",
  },
  {
    number: 11,
    category: 'nodejs',
    slug: 'codebase-structure',
    asked: 'How would you structure a large-scale Node.js codebase for maintainability?',
  },
  {
    number: 12,
    category: 'nodejs',
    slug: 'error-retries',
    asked: 'How do you handle error retries for async operations (like DB + file ops)?',
  },
  {
    number: 13,
    category: 'nodejs',
    slug: 'performance-monitoring',
    asked: 'How do you monitor performance and memory usage in Node.js apps?',
  },
  {
    number: 14,
    category: 'postgresql',
    slug: 'indexing',
    asked: 'Explain indexing strategies — B-Tree, GIN, and GiST — and when to use them.',
  },
  {
    number: 15,
    category: 'postgresql',
    slug: 'large-tables',
    asked: 'How would you handle large tables with millions of rows (partitioning, indexing)?',
  },
  {
    number: 16,
    category: 'postgresql',
    slug: 'transactions-and-isolation',
    asked: 'How do transactions and isolation levels work in Postgres?',
  },
  {
    number: 17,
    category: 'postgresql',
    slug: 'time-series-and-audit-logs',
    asked: 'How would you design schema for time-series or audit logs?',
  },
  {
    number: 18,
    category: 'postgresql',
    slug: 'migrations-and-rollback',
    asked: "What's your approach to database migrations and rollback strategies?",
  },
  {
    number: 19,
    category: 'infrastructure',
    slug: 'kubernetes-and-docker',
    asked: 'How would you deploy and scale your app on Kubernetes or Docker?',
  },
  {
    number: 20,
    category: 'infrastructure',
    slug: 'logging-monitoring-alerting',
    asked: 'How do you handle logging, monitoring, and alerting (ELK, Prometheus, etc.)?',
  },
  {
    number: 21,
    category: 'infrastructure',
    slug: 'zero-downtime-deployment',
    asked: 'How do you ensure zero-downtime deployment?',
  },
  {
    number: 22,
    category: 'infrastructure',
    slug: 'api-versioning',
    asked: "What's your strategy for handling API versioning and backward compatibility?",
  },
  {
    number: 23,
    category: 'leadership',
    slug: 'challenging-backend-issue',
    asked: "What's the most challenging backend issue you've solved recently?",
  },
  {
    number: 24,
    category: 'leadership',
    slug: 'handling-disagreements',
    asked: 'How do you handle disagreements with architects or team leads?',
  },
  {
    number: 25,
    category: 'leadership',
    slug: 'long-term-scalability',
    asked: 'How do you ensure your code and design decisions are scalable long term?',
  },
];

/** `category/slug`: the identifier of a guide, its file below `src/content/docs` and its address below the site's base. */
export function guideId(question: Question): string {
  return `${question.category}/${question.slug}`;
}

/**
 * The question with this number.
 * @throws RangeError when no question has it.
 */
export function questionByNumber(number: number): Question {
  const question = questions.find((candidate) => candidate.number === number);
  if (!question)
    throw new RangeError(
      `No question has the number ${number}; the catalogue holds 1 to ${questions.length}.`,
    );
  return question;
}

/** The question whose guide has this identifier (`category/slug`), or undefined when it is not a guide's. */
export function questionById(id: string): Question | undefined {
  return questions.find((question) => guideId(question) === id);
}

/**
 * The category with this slug.
 * @throws RangeError when there is none.
 */
export function categoryBySlug(slug: string): Category {
  const category = categories.find((candidate) => candidate.slug === slug);
  if (!category)
    throw new RangeError(
      `No category has the slug “${slug}”; the catalogue holds ${categories.map((c) => c.slug).join(', ')}.`,
    );
  return category;
}
