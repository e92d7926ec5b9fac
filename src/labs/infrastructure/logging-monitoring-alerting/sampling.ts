import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { lab } from '#labs/index.ts';

/** A number from 0 to 1 that depends on nothing but the text. */
const chance = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16) / 2 ** 32;

interface Entry {
  readonly trace: string;
  readonly service: string;
  /** The request failed. */
  readonly failed: boolean;
  /** It failed in the service that writes the line. */
  readonly failedHere: boolean;
  readonly error: boolean;
}

// #region strategies
const share = 0.1;
const strategies: Record<string, (line: Entry) => boolean> = {
  everything: () => true,
  'separate dice': ({ service, trace }) => chance(service + trace) < share,
  'by trace id': ({ trace }) => chance(trace) < share,
  'trace id + error lines': ({ trace, error }) => error || chance(trace) < share,
  'at each service’s end': ({ trace, failedHere }) => failedHere || chance(trace) < share,
  'after the end': ({ trace, failed }) => failed || chance(trace) < share,
};
// #endregion strategies

export default lab({
  title: 'What ten percent of the logs still tell',
  claim:
    'Sampling by the trace id keeps whole requests where independent dice keep fragments, and only a decision after the end keeps the whole story of every failure.',
  engines: ['node'],
  run({ fact }) {
    const requests = 20_000;
    const messages = ['order received', 'stock reserved', 'order answered'];
    const entries: Entry[] = [];
    for (let request = 0; request < requests; request += 1) {
      const trace = createHash('sha256').update(String(request)).digest('hex').slice(0, 32);
      const failed = request % 200 === 7;
      for (const service of ['orders', 'payments']) {
        for (const message of messages) {
          const error = failed && service === 'orders' && message === 'order answered';
          entries.push({ trace, service, failed, failedHere: failed && service === 'orders', error });
        }
      }
    }
    const linesOf = messages.length * 2;
    fact('lines written', entries.length);
    fact('requests that fail', requests / 200);

    // #region count
    const rows = Object.entries(strategies).map(([name, keep]) => {
      const kept = entries.filter(keep);
      const perTrace = Map.groupBy(kept, (line) => line.trace);
      const stories = [...perTrace.values()];
      const whole = stories.filter((lines) => lines.length === linesOf);
      return [
        name,
        `${Math.round((100 * kept.length) / entries.length)} %`,
        `${whole.length} of ${stories.length}`,
        stories.filter((lines) => lines.some((line) => line.error)).length,
        whole.filter((lines) => lines[0]?.failed).length,
      ];
    });
    // #endregion count
    const of = (strategy: string, column: number): string | number =>
      rows.find(([name]) => name === strategy)?.[column] ?? 'unknown';
    fact('failures kept whole by the trace id', of('by trace id', 4));
    fact('failures kept whole after the end', of('after the end', 4));
    fact('failures kept whole at each service’s end', of('at each service’s end', 4));
    fact('lines kept after the end', of('after the end', 1));
    fact('requests left whole by separate dice', of('separate dice', 2));
    fact('what is left', {
      columns: ['strategy', 'lines', 'whole requests', 'failures seen', 'failures whole'],
      rows,
    });

    let written = '';
    const sink = { write: (line: string) => void (written = line) };
    const log = pino(
      {
        base: { service: 'payments', version: '2026.11.4' },
        timestamp: () => ',"time":"2026-11-22T10:00:00.000Z"',
      },
      sink,
    );
    // #region line
    log.info(
      {
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
        span_id: '00f067aa0ba902b7',
        route: 'POST /orders/:id/payment',
        status: 201,
        duration_ms: 41,
        order_id: 'o-81723',
      },
      'order paid',
    );
    // #endregion line
    const bytes = Buffer.byteLength(written);
    fact('one line', written.trim());
    fact('bytes of one line', bytes);
    fact('lines a day at 1,000 requests a second', 1_000 * linesOf * 86_400);
    fact(
      'gigabytes a day at 1,000 requests a second',
      Math.round((1_000 * linesOf * 86_400 * bytes) / 1e9),
      'GB',
    );
    return Promise.resolve();
  },
});
