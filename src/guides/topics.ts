import type { Tag } from './tags.ts';

/** What a topic's page says: in general, and how each guide that carries the tag takes it up. */
export interface Topic {
  /** A sentence or two: what the topic is about across categories. Plain text. */
  readonly says: string;
  /** By a guide's address: in one sentence, what it says on the topic that the others do not. Plain text. */
  readonly guides: Readonly<Record<string, string>>;
}

/** The topics that two or more guides carry; `topics.test.ts` asks for a sentence for each of them. */
export const topics: Partial<Record<Tag, Topic>> = {
  async: {
    says: 'What happens while a program waits, and who pays when it does not.',
    guides: {
      'nodejs/error-retries':
        'What may have happened when an awaited call fails, and when it is safe to call again.',
      'nodejs/event-loop':
        'In which order callbacks, ticks and microtasks run, and why await hands time to nobody.',
    },
  },
  'back-pressure': {
    says: 'What a slow consumer does to a fast producer, and how it says stop before memory runs out.',
    guides: {
      'nodejs/cpu-intensive-tasks':
        'A pool of workers with a short queue and a deadline, and streams that stop their source.',
      'system-design/notification-and-chat':
        'A WebSocket client that does not read fills the gateway’s memory until it is cut off.',
      'system-design/rest-vs-message-queues':
        'How much one consumer may hold, and what a backlog does to everything behind it.',
    },
  },
  capacity: {
    says: 'Where a system bends, how much room is left, and when that room is used up.',
    guides: {
      'leadership/long-term-scalability':
        'Load raised until it bends, and headroom turned into a date by which to have decided.',
      'nodejs/cpu-intensive-tasks':
        'The size of a worker pool from the processor limit, and what to refuse when it is full.',
      'nodejs/performance-monitoring':
        'Saturation of one thread read from its utilisation, and load tests that keep to their plan.',
      'system-design/caching':
        'Misses a second against what the database can serve, worked out before a size is chosen.',
      'system-design/notification-and-chat':
        'Sockets, messages a second and storage worked out from stated users, before anything is drawn.',
      'system-design/scaling-postgres':
        'Peak queries from daily users, cores from queries, and the restore time as a limit.',
    },
  },
  concurrency: {
    says: 'Two things at once: what may interleave, and what has to be kept apart.',
    guides: {
      'nodejs/cluster-vs-worker-threads':
        'Threads that share memory race on it; processes that share nothing meet at the database.',
      'nodejs/event-loop':
        'One thread runs one callback at a time, yet awaiting functions interleave at every await.',
      'postgresql/transactions-and-isolation':
        'Which anomalies of interleaved transactions each level lets through, shown by two sessions.',
      'system-design/rate-limiter-and-job-scheduler':
        'Deciding in one step, because reading first and writing second lets everyone through.',
    },
  },
  consistency: {
    says: 'How long two copies may disagree, and who may see it.',
    guides: {
      'postgresql/transactions-and-isolation': 'What a transaction promises on one server, level by level.',
      'system-design/caching':
        'A reader and a writer race to fill the cache, and only the row’s version decides it.',
      'system-design/data-consistency':
        'Which rules may never be seen broken, and which may lag by an agreed time.',
      'system-design/scaling-postgres':
        'A replica answers from the past, until the reader brings the place it has seen.',
    },
  },
  containers: {
    says: 'What changes when a process runs within limits and somebody else starts and stops it.',
    guides: {
      'infrastructure/kubernetes-and-docker':
        'The image, process 1 and its signals, the three probes, and limits that kill or slow.',
      'infrastructure/zero-downtime-deployment':
        'When a container stops taking requests, and how long it may take to finish them.',
      'nodejs/cluster-vs-worker-threads':
        'Why one process per container needs no cluster, and what each replica costs in connections.',
      'nodejs/performance-monitoring':
        'Memory as the kernel counts it against the heap as the runtime counts it, and the two ways to die.',
    },
  },
  cost: {
    says: 'What an answer costs each month, and which number would make it the wrong one.',
    guides: {
      'infrastructure/kubernetes-and-docker':
        'What a platform costs in people before it runs one service, and when a simpler host is enough.',
      'infrastructure/logging-monitoring-alerting':
        'Logs are paid by the byte and metrics by the series, so sampling and labels are decisions.',
      'leadership/long-term-scalability':
        'Simplicity counted as capacity: money and people that growth does not have to buy.',
      'system-design/monolith-to-microservices':
        'The monthly price of one more service, worked out before the first line of it is written.',
    },
  },
  decisions: {
    says: 'How to decide so that others can check it, and reopen it when the facts change.',
    guides: {
      'leadership/handling-disagreements':
        'One page that both sides sign, bought evidence, and a trigger that reopens the decision.',
      'leadership/long-term-scalability':
        'Decisions sorted by what undoing them costs, each record with a measured reason to look again.',
      'nodejs/codebase-structure': 'A boundary is a decision that the build can refuse to break.',
      'system-design/monolith-to-microservices':
        'Splitting only when a named number is too high and its cheaper cures have failed.',
    },
  },
  deployment: {
    says: 'Getting a new version to users while the old one still answers them.',
    guides: {
      'infrastructure/api-versioning':
        'Clients that deploy on their own days, so a break needs a version, a notice and an end by evidence.',
      'infrastructure/kubernetes-and-docker':
        'What a rollout needs from the image and the manifests before it can be gentle.',
      'infrastructure/zero-downtime-deployment':
        'The order of readiness, draining and exit, and how much traffic to risk on a new release.',
      'postgresql/migrations-and-rollback':
        'Code and schema take turns, so that each release fits the schema before and after it.',
    },
  },
  idempotency: {
    says: 'Asking twice and getting the effect once.',
    guides: {
      'nodejs/error-retries':
        'A key claimed before the work, and what a claim that outlives its owner still allows.',
      'system-design/data-consistency':
        'An inbox row and its effect in one transaction, so that a repeat does nothing.',
      'system-design/notification-and-chat':
        'A message sent again after a lost acknowledgement is stored once, under the client’s own id.',
      'system-design/rate-limiter-and-job-scheduler':
        'A job may run twice, so its last step names the attempt that may finish it.',
      'system-design/rest-vs-message-queues':
        'At least once is the guarantee, so a duplicate delivery must change nothing.',
    },
  },
  indexing: {
    says: 'Finding rows without reading the table, and what every write pays for it.',
    guides: {
      'postgresql/indexing':
        'Which index answers which operator, read from plans, sizes and the price of writes.',
      'postgresql/large-tables':
        'Keyset pages and partial access paths that keep a table fast before it is partitioned.',
      'postgresql/time-series-and-audit-logs':
        'Block ranges for data that arrives in order, at a thousandth of a B-tree’s size.',
    },
  },
  latency: {
    says: 'Where the time goes, and which part of it users feel.',
    guides: {
      'nodejs/event-loop': 'One slow callback delays everybody; three gauges show it in different ways.',
      'nodejs/performance-monitoring':
        'Percentiles that cannot be averaged, and the requests a load generator forgets to send.',
      'postgresql/indexing': 'Pages read before and after, since time on a warm laptop proves little.',
      'system-design/caching': 'What a layer saves and what a miss costs, from the browser to the table.',
      'system-design/monolith-to-microservices':
        'What a network hop costs beside a call, and how a chain of hops stretches the tail.',
    },
  },
  locking: {
    says: 'Who waits for whom, and how long a lock may be held.',
    guides: {
      'postgresql/large-tables':
        'Attaching and detaching partitions without stopping the table that is being read.',
      'postgresql/migrations-and-rollback':
        'An ALTER that waits stops every reader behind it, so it waits briefly and tries again.',
      'postgresql/transactions-and-isolation':
        'Row locks, advisory locks and deadlocks, and where waiting is cheaper than retrying.',
      'system-design/rate-limiter-and-job-scheduler':
        'Row locks that skip, and an advisory lock that elects one leader.',
    },
  },
  memory: {
    says: 'What a process holds, what it is allowed, and how it ends when the two meet.',
    guides: {
      'infrastructure/kubernetes-and-docker':
        'A container’s limit against the heap’s own, and the silent kill between them.',
      'nodejs/cluster-vs-worker-threads':
        'What a thread saves beside a process, empty and with real code loaded.',
      'nodejs/performance-monitoring':
        'A leak found by comparing snapshots, and what taking a snapshot costs.',
    },
  },
  messaging: {
    says: 'Work and news passed on without waiting for the receiver.',
    guides: {
      'infrastructure/api-versioning':
        'Events have old readers too, and they cannot be asked to upgrade by a status code.',
      'leadership/handling-disagreements':
        'A queue in the database against a broker, run on the same workload and judged on one page.',
      'system-design/data-consistency':
        'Events that leave with the commit, and relays that must not trust the order of ids.',
      'system-design/notification-and-chat':
        'The message is a row and everything else is a hint, so a lost hint costs a delay.',
      'system-design/rest-vs-message-queues':
        'Commands, events and logs told apart, with order per key and a limit on attempts.',
    },
  },
  migration: {
    says: 'Moving something that is in use, step by step, with a way back until a step that has a name.',
    guides: {
      'infrastructure/api-versioning':
        'Moving clients from an old contract to a new one, with telemetry to say when the last has gone.',
      'infrastructure/zero-downtime-deployment':
        'Two releases side by side on the same data: each must read what the other writes.',
      'postgresql/migrations-and-rollback':
        'Expand, backfill, switch and contract, with the locks that each statement takes.',
      'system-design/monolith-to-microservices':
        'Traffic moved by share and data by one writer, until going back would lose something.',
    },
  },
  modularity: {
    says: 'Where to cut a system so that most changes stay on one side.',
    guides: {
      'nodejs/codebase-structure':
        'Folders by what the business does, each with one public file, and a build that refuses shortcuts.',
      'system-design/monolith-to-microservices':
        'Seams measured by the transactions that cross them, before a network is put there.',
    },
  },
  observability: {
    says: 'Seeing what a system does, from the outside, while it does it.',
    guides: {
      'infrastructure/logging-monitoring-alerting':
        'One id that joins metrics, traces and logs, and alerts that are tested like code.',
      'infrastructure/zero-downtime-deployment':
        'The numbers that let a release go on or send it back, and how much traffic they need.',
      'leadership/challenging-backend-issue':
        'An outage without a single error, found in the list of the server’s sessions.',
      'nodejs/event-loop': 'Three gauges of lateness, and how resetting one hides a stall.',
      'nodejs/performance-monitoring': 'Four gauges per process, each of which names the next tool to take.',
    },
  },
  ownership: {
    says: 'Who decides, who is called at night, and how they know that it worked.',
    guides: {
      'infrastructure/api-versioning':
        'Somebody must be able to say who still calls the old version, and to switch it off.',
      'infrastructure/logging-monitoring-alerting':
        'A page is a request to a person, so each one has a runbook and a budget.',
      'infrastructure/zero-downtime-deployment':
        'Who may stop a rollout, and a rollback that is rehearsed before it is needed.',
      'leadership/challenging-backend-issue':
        'Owning a wrong turn, a decision under pressure and its price in front of an interviewer.',
      'leadership/handling-disagreements':
        'Finding the decision’s owner first, and carrying their choice as your own.',
      'leadership/long-term-scalability':
        'Giving decisions and old code an end, and somebody who is there when it comes.',
      'nodejs/codebase-structure': 'Boundaries that follow teams, written where reviews are assigned.',
      'postgresql/migrations-and-rollback': 'Who watches a migration, and who may stop it halfway.',
      'system-design/monolith-to-microservices':
        'A service needs a team that is on call for it before it needs a repository.',
    },
  },
  partitioning: {
    says: 'Cutting a table so that old data can leave and hot data stays small.',
    guides: {
      'postgresql/large-tables':
        'When partitioning pays, and the key that then has to stand in every query and unique constraint.',
      'postgresql/time-series-and-audit-logs':
        'Retention by dropping a month, for readings that arrive late and entries that must not change.',
      'system-design/scaling-postgres':
        'Buckets in place of a remainder, so that a fifth machine moves a fifth of the keys.',
    },
  },
  postgresql: {
    says: 'What PostgreSQL itself does, as run against the real server.',
    guides: {
      'leadership/challenging-backend-issue':
        'Sessions idle in transaction behind a pool that looks merely busy.',
      'leadership/handling-disagreements':
        'The database as a queue: what it gives for free, and what a long report does to it.',
      'postgresql/indexing': 'Six kinds of index, their operators, their sizes and their price.',
      'postgresql/large-tables':
        'Vacuum, statistics, pruning and the online conversion of a table that is in use.',
      'postgresql/migrations-and-rollback':
        'Which change of a schema rewrites, which scans and which only waits.',
      'postgresql/time-series-and-audit-logs':
        'Insert-only tables: block range indexes, rollups, triggers and a chain of hashes.',
      'postgresql/transactions-and-isolation': 'Snapshots, anomalies and retries, level by level.',
      'system-design/data-consistency':
        'An outbox read by visibility rather than by id, since a late commit is otherwise lost.',
      'system-design/notification-and-chat':
        'LISTEN and NOTIFY as a bus between gateways, with the ceiling that the whole server shares.',
      'system-design/rate-limiter-and-job-scheduler':
        'One statement as a limiter, SKIP LOCKED as a queue, and a unique key as a clock.',
      'system-design/rest-vs-message-queues':
        'The first queue is a table, and it is enough for longer than most expect.',
      'system-design/scaling-postgres':
        'Standbys and their lag, pooling, buckets, and what no shard can promise.',
    },
  },
  'query-planning': {
    says: 'Why the planner chose what it chose, and how to read it.',
    guides: {
      'postgresql/indexing': 'Plans read by pages, and the moment at which the planner leaves the index.',
      'postgresql/large-tables':
        'Pruning at plan time and at run time, and what too many partitions cost before the first row.',
    },
  },
  queues: {
    says: 'Work that waits its turn, and what happens to it when its worker dies.',
    guides: {
      'leadership/handling-disagreements':
        'A table with SKIP LOCKED beside a broker, on the same jobs and the same kills.',
      'nodejs/cpu-intensive-tasks':
        'A short queue in front of a pool, and jobs with a lease that outlive the process.',
      'system-design/rate-limiter-and-job-scheduler':
        'A lease, a heartbeat and a fencing number, turns by tenant, and ticks that are rows.',
      'system-design/rest-vs-message-queues':
        'A table, RabbitMQ and Kafka side by side, and when each is worth running.',
    },
  },
  reliability: {
    says: 'Going on working while parts of it do not.',
    guides: {
      'infrastructure/kubernetes-and-docker':
        'Nodes leave, so pods spread and disruption has a budget; liveness asks only the process.',
      'infrastructure/logging-monitoring-alerting':
        'An objective, its error budget, and the speed at which the budget is being used.',
      'infrastructure/zero-downtime-deployment':
        'No request cut while instances are replaced, counted rather than assumed.',
      'leadership/challenging-backend-issue':
        'A pool that empties one coupon at a time, the bleeding stopped before the line was found.',
      'nodejs/cpu-intensive-tasks':
        'Jobs killed in the middle that resume from their checkpoint without doing anything twice.',
      'nodejs/error-retries': 'Retries that do not turn a slow minute into an outage.',
      'postgresql/migrations-and-rollback': 'Four ways back, and what each of them loses.',
      'system-design/caching':
        'What the database must still carry when the cache is gone, and what is refused.',
      'system-design/data-consistency':
        'Compensations that can fail, and a job that compares both sides and finds it.',
      'system-design/rate-limiter-and-job-scheduler':
        'What happens without the limiter, and jobs whose worker was killed halfway.',
      'system-design/rest-vs-message-queues':
        'A dead consumer that costs time but no orders, and a backlog paid back by arithmetic.',
    },
  },
  retries: {
    says: 'Trying again without making it worse.',
    guides: {
      'nodejs/error-retries': 'Which errors may be repeated, by whom, how often and until when.',
      'postgresql/transactions-and-isolation':
        'A refused transaction is run again whole, its decision included.',
    },
  },
  runtime: {
    says: 'What Node.js does with your code below the functions you call.',
    guides: {
      'nodejs/cluster-vs-worker-threads': 'What a thread and a process each own, and what dies with them.',
      'nodejs/cpu-intensive-tasks': 'Which work holds the loop, and the ways of taking it elsewhere.',
      'nodejs/event-loop':
        'Phases, ticks and microtasks, with the order that each version of Node.js prints.',
      'nodejs/performance-monitoring':
        'Heap spaces, collections, profiles and snapshots of a running process.',
    },
  },
  scaling: {
    says: 'More load on the same design, and the point where the design has to change.',
    guides: {
      'infrastructure/kubernetes-and-docker': 'The autoscaler’s formula worked out, and what it cannot see.',
      'leadership/long-term-scalability':
        'The knee found before growth finds it, and the row that caps a whole system.',
      'nodejs/cluster-vs-worker-threads': 'One core to many, and the connections that multiply on the way.',
      'system-design/caching': 'A hit ratio as arithmetic: what one point more or less does to the database.',
      'system-design/notification-and-chat':
        'The small version first, and the number at which each further part is added.',
      'system-design/scaling-postgres':
        'One primary climbed rung by rung, and shards by tenant when a number says so.',
    },
  },
  security: {
    says: 'Keeping what is known from those who should not know it or change it.',
    guides: {
      'infrastructure/logging-monitoring-alerting':
        'What must never be written to a log, since it cannot be taken back.',
      'postgresql/time-series-and-audit-logs':
        'A history that its own administrators cannot change unseen, and a person who must be forgotten.',
    },
  },
  storage: {
    says: 'Bytes on a disk: their order, their life and their loss.',
    guides: {
      'nodejs/error-retries': 'A row and a file changed together, with a crash at every step in between.',
      'postgresql/indexing': 'What each index weighs, and which updates stay off the disk’s other pages.',
      'postgresql/large-tables': 'Bloat, vacuum and the pages that a query really has to read.',
      'postgresql/time-series-and-audit-logs':
        'Data in the order of its arrival, and months that leave in a moment.',
    },
  },
  testing: {
    says: 'Checks that fail when the promise is broken, and only then.',
    guides: {
      'infrastructure/api-versioning':
        'Contracts of the consumers and a difference of documents, run before a change ships.',
      'infrastructure/logging-monitoring-alerting':
        'Alert rules with unit tests, and silent alerts that such tests uncover.',
      'leadership/long-term-scalability':
        'A test of cost rather than speed, which fails when a query will grow with its table.',
      'nodejs/codebase-structure':
        'One contract run against the fake and against real PostgreSQL, and boundaries as a test.',
    },
  },
  threads: {
    says: 'Work beside the loop: what it shares, what it costs, how it ends.',
    guides: {
      'nodejs/cluster-vs-worker-threads':
        'Threads against processes by what may die together and what memory they share.',
      'nodejs/cpu-intensive-tasks':
        'A pool of threads: its size, its queue, and how to stop a task that has begun.',
    },
  },
  transactions: {
    says: 'Changes that happen together or not at all, and what follows when they cannot.',
    guides: {
      'leadership/challenging-backend-issue':
        'A way out of a function that forgets to end its transaction, and what that does to everyone else.',
      'nodejs/error-retries': 'A commit whose answer was lost, and a file that no transaction covers.',
      'postgresql/transactions-and-isolation': 'Levels, snapshots and the rule that spans several rows.',
      'system-design/data-consistency':
        'The event and the order in one commit, and why two-phase commit is off.',
    },
  },
};
