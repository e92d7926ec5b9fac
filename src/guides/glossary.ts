/** The glossary: each term once, for the popovers in the guides, the glossary page, search, and the check of abbreviations. */

/** A term. */
export interface Term {
  /** Its anchor on the glossary page. */
  readonly id: string;
  /** The word or abbreviation as guides write it. */
  readonly term: string;
  /** What an abbreviation stands for. */
  readonly long?: string;
  /** One or two sentences that say what it is, without markup. */
  readonly means: string;
  /** Other spellings that stand for the same in a text. */
  readonly also?: readonly string[];
}

// prettier-ignore
const abbreviations: readonly Term[] = [
  { id: 'acid', term: 'ACID', long: 'atomicity, consistency, isolation, durability', means: 'The four promises of a transaction: all of it or nothing, rules kept, others kept apart, and what was confirmed survives a crash.' },
  { id: 'acl', term: 'ACL', long: 'access control list', means: 'The list of who may do what with a resource.' },
  { id: 'adr', term: 'ADR', long: 'architecture decision record', means: 'A short dated note of one decision: its context, the options, the choice, its consequences, and what would reopen it.' },
  { id: 'api', term: 'API', long: 'application programming interface', means: 'What one program lets another call, and the promises that come with it.' },
  { id: 'apns', term: 'APNs', long: 'Apple Push Notification service', means: 'The only way to wake an app on an Apple device; best effort, the last message per key may replace earlier ones.' },
  { id: 'brin', term: 'BRIN', long: 'block range index', means: 'A PostgreSQL index that keeps only a summary per range of blocks: tiny, and useful where the order on disk follows the value.' },
  { id: 'cap', term: 'CAP', long: 'consistency, availability, partition tolerance', means: 'While the network is split, a replicated register can stay linearizable or answer every request, not both.' },
  { id: 'cd', term: 'CD', long: 'continuous delivery', means: 'Every change that passes the checks could be released, or is, without a special effort.' },
  { id: 'cdc', term: 'CDC', long: 'change data capture', means: 'Reading committed changes from the database’s log, in order, and passing them on.' },
  { id: 'cdn', term: 'CDN', long: 'content delivery network', means: 'Caches near the reader that answer for the origin.' },
  { id: 'ci', term: 'CI', long: 'continuous integration', means: 'Every change is merged often, and built and tested by machine.' },
  { id: 'cfs', term: 'CFS', long: 'Completely Fair Scheduler', means: 'The scheduler of the Linux kernel that shares out processor time; a container’s CPU limit is its quota per 100 ms.' },
  { id: 'cpu', term: 'CPU', long: 'central processing unit', means: 'What computes; a core runs one thread at a time.', also: ['CPUs'] },
  { id: 'cqrs', term: 'CQRS', long: 'command query responsibility segregation', means: 'One model to change data, another to read it, with a delay between them to live with.' },
  { id: 'ddd', term: 'DDD', long: 'domain-driven design', means: 'Modelling software in the words of the business, with borders where the words change their meaning.' },
  { id: 'ddl', term: 'DDL', long: 'data definition language', means: 'The statements that change a schema, such as ALTER TABLE.' },
  { id: 'dlq', term: 'DLQ', long: 'dead-letter queue', means: 'Where a message goes that failed too often, to be looked at by a person.', also: ['dead-letter queue', 'dead letter queue', 'DLX'] },
  { id: 'dns', term: 'DNS', long: 'Domain Name System', means: 'Turns names into addresses, and remembers the answer for a while.' },
  { id: 'dst', term: 'DST', long: 'daylight saving time', means: 'Clocks go forward in spring and back in autumn: one local hour is missing, another comes twice.' },
  { id: 'elk', term: 'ELK', long: 'Elasticsearch, Logstash, Kibana', means: 'A common set for searching logs: one stores and indexes, one transports, one shows.' },
  { id: 'elu', term: 'ELU', long: 'event-loop utilisation', means: 'The share of time in which Node.js’s event loop was busy rather than waiting for something to happen.' },
  { id: 'es', term: 'ES', long: 'ECMAScript', means: 'The standard of JavaScript; its modules are those with import and export.' },
  { id: 'fcm', term: 'FCM', long: 'Firebase Cloud Messaging', means: 'Google’s service that delivers push messages to Android devices and browsers.' },
  { id: 'fifo', term: 'FIFO', long: 'first in, first out', means: 'What came first leaves first.' },
  { id: 'gc', term: 'GC', long: 'garbage collection', means: 'Finding memory that nothing can reach any more and using it again; some of it stops the program.', also: ['garbage collection', 'garbage collector'] },
  { id: 'gdpr', term: 'GDPR', long: 'General Data Protection Regulation', means: 'The European Union’s law on personal data; among other rights a person may have theirs erased.' },
  { id: 'gin', term: 'GIN', long: 'generalized inverted index', means: 'A PostgreSQL index from each element (word, key, trigram) to the rows that hold it.' },
  { id: 'gist', term: 'GiST', long: 'generalized search tree', means: 'A PostgreSQL index for values that overlap or lie near each other: ranges, shapes, nearest neighbours.' },
  { id: 'grpc', term: 'gRPC', means: 'Calls between services over HTTP/2 with messages described in Protocol Buffers.' },
  { id: 'hot', term: 'HOT', long: 'heap-only tuple', means: 'A PostgreSQL update that changes no indexed column and finds room on the same page, so no index is touched.' },
  { id: 'hpa', term: 'HPA', long: 'HorizontalPodAutoscaler', means: 'Kubernetes’ controller that sets the number of pods from a metric: desired = current × measured ÷ target.', also: ['HorizontalPodAutoscaler'] },
  { id: 'http', term: 'HTTP', long: 'Hypertext Transfer Protocol', means: 'The protocol of the web: a request, a status, fields and a body.' },
  { id: 'io', term: 'I/O', long: 'input and output', means: 'Waiting for something outside the processor: disk, network, another service.' },
  { id: 'jwt', term: 'JWT', long: 'JSON Web Token', means: 'A signed statement that a service can check without asking who issued it; until it expires it cannot easily be taken back.' },
  { id: 'keda', term: 'KEDA', long: 'Kubernetes Event-driven Autoscaling', means: 'An add-on that feeds the HorizontalPodAutoscaler from queues and other event sources, and can scale to zero.' },
  { id: 'lru', term: 'LRU', long: 'least recently used', means: 'An eviction order: what was not asked for longest goes first.' },
  { id: 'lsn', term: 'LSN', long: 'log sequence number', means: 'A place in PostgreSQL’s write-ahead log; a replica that has replayed it has seen everything before it.' },
  { id: 'mvcc', term: 'MVCC', long: 'multiversion concurrency control', means: 'An update writes a new version of a row, so readers need not wait for writers.' },
  { id: 'oom', term: 'OOM', long: 'out of memory', means: 'The kernel ends a process, with SIGKILL, because memory or its control group’s limit is used up.', also: ['OOMKilled'] },
  { id: 'openapi', term: 'OpenAPI', means: 'A standard document that describes an HTTP API, for people and for tools.' },
  { id: 'orm', term: 'ORM', long: 'object-relational mapper', means: 'A library that turns objects into rows and back, and writes the SQL between.' },
  { id: 'otel', term: 'OTel', long: 'OpenTelemetry', means: 'A standard and libraries for producing traces, metrics and logs, whatever stores them.', also: ['OpenTelemetry'] },
  { id: 'pacelc', term: 'PACELC', means: 'CAP with the other half: during a partition choose availability or consistency, else choose latency or consistency.' },
  { id: 'paas', term: 'PaaS', long: 'platform as a service', means: 'You bring a program or an image; the provider runs, scales and restarts it.' },
  { id: 'pdb', term: 'PDB', long: 'PodDisruptionBudget', means: 'Tells Kubernetes how many pods of a set voluntary disruptions, such as draining a node, must leave running.', also: ['PodDisruptionBudget'] },
  { id: 'pid', term: 'PID', long: 'process identifier', means: 'The number of a process; number 1 in a container gets no default action for most signals.' },
  { id: 'qps', term: 'QPS', long: 'queries per second', means: 'How many queries arrive in a second.' },
  { id: 'rest', term: 'REST', long: 'representational state transfer', means: 'Resources with addresses, changed and read through HTTP’s own methods and statuses.' },
  { id: 'rfc', term: 'RFC', long: 'Request for Comments', means: 'The Internet’s standards and proposals, by number.' },
  { id: 'rpc', term: 'RPC', long: 'remote procedure call', means: 'A call to another machine made to look like a call within a program.' },
  { id: 'rpo', term: 'RPO', long: 'recovery point objective', means: 'How much of the latest data a disaster may cost, as a time.' },
  { id: 'rto', term: 'RTO', long: 'recovery time objective', means: 'How long recovery from a disaster may take.' },
  { id: 'rss', term: 'RSS', long: 'resident set size', means: 'The memory of a process that stands in RAM now, heap and all else.' },
  { id: 'saga', term: 'saga', means: 'A business operation over several services as a row of local transactions, each with a compensation that undoes it.', also: ['sagas'] },
  { id: 'sbom', term: 'SBOM', long: 'software bill of materials', means: 'The list of everything an artefact contains, by version.' },
  { id: 'sdk', term: 'SDK', long: 'software development kit', means: 'A library by which a provider’s customers call its API.', also: ['SDKs'] },
  { id: 'sla', term: 'SLA', long: 'service level agreement', means: 'A contract with consequences when the service is worse than promised.' },
  { id: 'sli', term: 'SLI', long: 'service level indicator', means: 'The measured share of events that were good, such as requests answered without error within 300 ms.', also: ['SLIs'] },
  { id: 'slo', term: 'SLO', long: 'service level objective', means: 'The target for an indicator over a window, such as 99.9 % of requests in 30 days.', also: ['SLOs', 'service level objective'] },
  { id: 'sql', term: 'SQL', long: 'Structured Query Language', means: 'The language of relational databases.' },
  { id: 'sqlstate', term: 'SQLSTATE', means: 'The five characters by which SQL names an error; the first two are its class.' },
  { id: 'ssi', term: 'SSI', long: 'Serializable Snapshot Isolation', means: 'How PostgreSQL makes snapshots serializable: it notes what is read and ends a transaction when the notes form a dangerous pattern.' },
  { id: 'sre', term: 'SRE', long: 'site reliability engineering', means: 'Running services as an engineering task: objectives, error budgets, automation in place of toil.' },
  { id: 'ssd', term: 'SSD', long: 'solid-state drive', means: 'A disk without moving parts: a random read in about 0.1 ms.' },
  { id: 'star', term: 'STAR', long: 'situation, task, action, result', means: 'A common order for telling a story in an interview.' },
  { id: 'tcp', term: 'TCP', long: 'Transmission Control Protocol', means: 'An ordered, acknowledged stream of bytes between two machines.' },
  { id: 'tls', term: 'TLS', long: 'Transport Layer Security', means: 'Encrypts a connection and proves who is at its other end.' },
  { id: 'ttl', term: 'TTL', long: 'time to live', means: 'How long a cached value may be used.' },
  { id: 'udp', term: 'UDP', long: 'User Datagram Protocol', means: 'Single packets without order, acknowledgement or connection.' },
  { id: 'url', term: 'URL', long: 'Uniform Resource Locator', means: 'The address of something on the web.', also: ['URLs'] },
  { id: 'utc', term: 'UTC', long: 'Coordinated Universal Time', means: 'The time without zone or daylight saving that all others are told from.' },
  { id: 'uuid', term: 'UUID', long: 'universally unique identifier', means: 'A number of 128 bits that two machines will not choose twice; version 7 begins with the time.', also: ['UUIDs'] },
  { id: 'vm', term: 'VM', long: 'virtual machine', means: 'A machine simulated on another; in JavaScript, the engine that runs the program.', also: ['VMs'] },
  { id: 'wal', term: 'WAL', long: 'write-ahead log', means: 'The log in which PostgreSQL writes every change before the data files; crash recovery and replicas replay it.', also: ['write-ahead log'] },
];

// prettier-ignore
const concepts: readonly Term[] = [
  { id: 'back-pressure', term: 'back-pressure', means: 'A slow consumer makes its producer slow down or stop, instead of letting work pile up between them.', also: ['backpressure'] },
  { id: 'backoff', term: 'exponential backoff', means: 'Waiting longer before each further attempt, by a factor, up to a limit.' },
  { id: 'bulkhead', term: 'bulkhead', means: 'A limit per dependency, so that one that hangs cannot use up what the others need.', also: ['bulkheads'] },
  { id: 'burn-rate', term: 'burn rate', means: 'How many times faster than allowed the error budget is being used; 1 uses it up exactly at the end of its window.' },
  { id: 'canary', term: 'canary', means: 'The new version for a small share of the traffic, compared with the old one before it gets more.' },
  { id: 'cardinality', term: 'cardinality', means: 'How many different values there are; of a metric’s labels multiplied, how many series it makes.' },
  { id: 'circuit-breaker', term: 'circuit breaker', means: 'After many failures calls are refused at once for a while, then a few are let through to see.', also: ['circuit breakers'] },
  { id: 'compensation', term: 'compensation', means: 'A step that undoes the business effect of an earlier one that is already committed.' },
  { id: 'coordinated-omission', term: 'coordinated omission', means: 'A load generator that waits for an answer before it asks again leaves out the requests that would have suffered most.' },
  { id: 'covering-index', term: 'covering index', means: 'An index that holds every column a query needs, so the table need not be read.' },
  { id: 'deadlock', term: 'deadlock', means: 'Two transactions that each wait for a lock the other holds; the database ends one.', also: ['deadlocks'] },
  { id: 'error-budget', term: 'error budget', means: 'What the objective leaves over: 99.9 % of requests may be good, so 0.1 % may fail.' },
  { id: 'eventual-consistency', term: 'eventual consistency', means: 'Copies may differ for a while; when writing stops, they become the same.', also: ['eventually consistent'] },
  { id: 'expand-contract', term: 'expand and contract', means: 'Add the new form, move everyone over, remove the old: each step works with the version before and after it.', also: ['expand/contract', 'expand–contract'] },
  { id: 'fan-out', term: 'fan-out', means: 'One event becomes many deliveries: on write, one copy per receiver; on read, collected when asked for.' },
  { id: 'fencing-token', term: 'fencing token', means: 'A number that grows with each holder of a lock, so that a store can refuse a holder that was too late.', also: ['fencing'] },
  { id: 'head-of-line', term: 'head-of-line blocking', means: 'One slow item at the front makes everything behind it wait.' },
  { id: 'idempotency', term: 'idempotency', means: 'Doing it twice has the effect of doing it once.', also: ['idempotent', 'idempotency key', 'idempotency keys'] },
  { id: 'idle-in-transaction', term: 'idle in transaction', means: 'A PostgreSQL session that has begun a transaction and does nothing: its locks and its snapshot stay.' },
  { id: 'jitter', term: 'jitter', means: 'Chance in a waiting time, so that many who failed together do not come back together.' },
  { id: 'keyset-pagination', term: 'keyset pagination', means: 'The next page is asked for by the last row’s key instead of by how many rows to skip.' },
  { id: 'linearizable', term: 'linearizable', means: 'Every read sees the latest write that ended before it, as if there were one copy.', also: ['linearizability'] },
  { id: 'littles-law', term: 'Little’s law', means: 'In a steady system the mean number inside equals arrival rate times mean time inside: L = λW.', also: ["Little's law"] },
  { id: 'lost-update', term: 'lost update', means: 'Two read the same value, both compute from it, and the second write buries the first.', also: ['lost updates'] },
  { id: 'microtask', term: 'microtask', means: 'A callback that runs as soon as the current JavaScript ends, before the event loop goes on: promise reactions and queueMicrotask.', also: ['microtasks'] },
  { id: 'modular-monolith', term: 'modular monolith', means: 'One deployment whose modules may call each other only through published borders.' },
  { id: 'outbox', term: 'outbox', means: 'A table in which a transaction leaves the event it wants sent; a relay sends it after the commit.', also: ['transactional outbox'] },
  { id: 'percentile', term: 'percentile', means: 'The value that a share of all values does not exceed: 99 in 100 requests are no slower than the 99th, p99.', also: ['p99', 'p95', 'p50'] },
  { id: 'poison-message', term: 'poison message', means: 'A message that fails however often it is tried.', also: ['poison messages'] },
  { id: 'presence', term: 'presence', means: 'Who is online now; always a guess that expires.' },
  { id: 'read-your-writes', term: 'read your writes', means: 'After you change something, you never see it as it was before.', also: ['read-your-writes'] },
  { id: 'serializable', term: 'serializable', means: 'The outcome is one that running the transactions one after another, in some order, could have given.' },
  { id: 'single-flight', term: 'single flight', means: 'Of many callers who miss the same key at once, one loads it and the others wait for that answer.' },
  { id: 'snapshot', term: 'snapshot', means: 'Which transactions count as finished for a reader; what they wrote is seen, the rest is not.' },
  { id: 'stampede', term: 'stampede', means: 'A popular cached value expires and everyone computes it at once.', also: ['thundering herd'] },
  { id: 'strangler-fig', term: 'strangler fig', means: 'A new system grows around the old one route by route, until nothing is left to switch off.' },
  { id: 'structured-clone', term: 'structured clone', means: 'The copy that postMessage makes between threads; buffers can be handed over instead.' },
  { id: 'visibility-timeout', term: 'visibility timeout', means: 'How long a taken job stays hidden from others before it counts as abandoned.' },
  { id: 'write-skew', term: 'write skew', means: 'Two transactions each keep a rule by what they read, write different rows, and break the rule together.' },
];

/** Every term, in the order of the alphabet. */
export const glossary: readonly Term[] = [...abbreviations, ...concepts].sort((a, b) =>
  a.term.localeCompare(b.term, 'en', { sensitivity: 'base' }),
);

/**
 * Capital letters that are no abbreviation to define: names of companies, products, standards bodies and journals, units,
 * and words that SQL, HTTP or a shell write in capitals where they stand in running text.
 */
export const names: ReadonlySet<string> = new Set(
  `AP CP IEEE AMQP KIP MLS AWS GCP EKS AKS GKE RDS ECS SQS SNS NATS IETF ACM OSDI VLDB SIGMOD USENIX ANSI ISO NIST HAProxy NGINX PM2 TC39 W3C RE2 LLC DOM GOAWAY SIGINT SIGTERM SIGKILL SIGHUP SIGABRT SIGSTOP SIGCONT
  KB MB GB TB PB GHz RAM PDF PNG CSV JSON YAML XML HTML CSS ASCII UTF LF EU US UK USA USD EUR FAQ README CEO CTO VP HR QA UI UX ID IDs OK IP SP
  GET POST PUT PATCH HEAD DELETE OPTIONS CONNECT
  ALTER TABLE ADD DROP COLUMN CREATE INDEX CONCURRENTLY SELECT INSERT UPDATE UPSERT SET FROM INTO VALUES WHERE AND OR NOT NULL NULLs IS IN ON BY AS IF
  ORDER GROUP HAVING LIMIT OFFSET WITH UNION ALL DISTINCT JOIN BEGIN COMMIT ROLLBACK SAVEPOINT TRUNCATE VACUUM FULL FREEZE ANALYZE EXPLAIN BUFFERS
  PARTITION RANGE LIST HASH SPLIT MERGE ATTACH DETACH FINALIZE VALID VALIDATE CONSTRAINT CHECK UNIQUE EXCLUDE PRIMARY FOREIGN KEY REFERENCES CASCADE
  DEFAULT INCLUDE USING FOR SHARE SKIP LOCKED NOWAIT LOCK ACCESS EXCLUSIVE CONFLICT DO NOTHING RETURNING LISTEN NOTIFY COPY REPACK REINDEX CLUSTER
  OVERLAPS TEMPORARY UNLOGGED GRANT REVOKE TRIGGER PANIC ERROR WARN INFO DEBUG FATAL TERM KILL INT HUP STOP CONT
  MULTI EXEC WATCH EVAL SETNX EXPIRE INCR GETEX XADD XREAD ACK NACK LIKE ILIKE BETWEEN CASE WHEN END LEFT RIGHT OUTER INNER CROSS LATERAL
  TRUE FALSE`.split(/\s+/),
);
