/** A closed-loop load generator: each connection sends its next request when the answer to the last one has come. */
import { Agent, request } from 'node:http';

/** Load on a service. */
export interface LoadOptions {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Connections at the same time; default 10. */
  readonly connections?: number;
  /** Either so many requests together, or so many seconds; default one second. */
  readonly requests?: number;
  readonly seconds?: number;
  /** Milliseconds after which an answer counts as an error; default 10,000. */
  readonly timeout?: number;
}

/** What load brought about. */
export interface Load {
  /** Answers with a status of 2xx, and with another. */
  readonly ok: number;
  readonly not2xx: number;
  /** Requests that got no answer: refused, reset, timed out. */
  readonly errors: number;
  /** Answers by status. */
  readonly byStatus: Readonly<Record<number, number>>;
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds until the end of the answer: median and 99th percentile of all answers (nearest rank), 0 without any. */
  readonly p50: number;
  readonly p99: number;
}

/** The nearest-rank percentile of sorted values. */
const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;

function once(
  agent: Agent,
  { url, method = 'GET', body, headers = {}, timeout = 10_000 }: LoadOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers, timeout }, (response) => {
      response.on('error', reject);
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.resume();
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.end(body);
  });
}

/** Puts load on a service and counts what came back. */
export async function load(options: LoadOptions): Promise<Load> {
  const { connections = 10, requests, seconds = 1 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const byStatus: Record<number, number> = {};
  let [started, errors] = [0, 0];
  const began = performance.now();
  const goesOn = (): boolean =>
    requests === undefined ? performance.now() - began < seconds * 1000 : started < requests;
  const client = async (): Promise<void> => {
    while (goesOn()) {
      started++;
      const at = performance.now();
      try {
        const status = await once(agent, options);
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        times.push(performance.now() - at);
      } catch {
        errors++;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const took = (performance.now() - began) / 1000;
  agent.destroy();
  const ok = Object.entries(byStatus).reduce(
    (sum, [status, count]) => (/^2/.test(status) ? sum + count : sum),
    0,
  );
  const sorted = times.toSorted((a, b) => a - b);
  return {
    ok,
    not2xx: times.length - ok,
    errors,
    byStatus,
    rate: times.length / took,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
}
