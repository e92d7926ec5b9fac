import { AsyncLocalStorage } from 'node:async_hooks';
import { lab } from '#labs/index.ts';
import { service, type Line } from './one-trace-id/service.ts';

const first = '4bf92f3577b34da6a3ce929d0e0e4736';
const second = '0af7651916cd43dd8448eb211c80319c';
const traceparent = (id: string): string => `00-${id}-00f067aa0ba902b7-01`;

export default lab({
  title: 'One trace id through two services',
  claim:
    'With the trace id in asynchronous context and in the header traceparent, every line of two interleaved requests can be joined; with a global variable they are mixed up.',
  engines: ['http'],
  async run({ http, fact, holds, step }) {
    const lines: Line[] = [];
    let waiting = 0;
    let open = (): void => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    const inside = async (): Promise<void> => {
      waiting += 1;
      if (waiting === 2) open();
      await both;
    };

    // #region services
    const payments = service('payments', lines, async ({ log }) => {
      await inside(); // both requests are in here before either goes on
      log.info('card charged');
      return 201;
    });
    const { url } = await http.serve(payments.listener);
    const orders = service('orders', lines, async ({ log, call }) => {
      log.info('order received');
      const status = await call(url);
      log.info('order paid');
      return status;
    });
    const { url: entry } = await http.serve(orders.listener);
    // #endregion services

    await Promise.all([
      fetch(entry, { headers: { traceparent: traceparent(first) } }),
      fetch(entry, { headers: { traceparent: traceparent(second) } }),
    ]);
    const story = (id: string): string[] =>
      lines.filter((line) => line.trace_id === id).map((line) => `${line.service}: ${line.msg}`);
    for (const line of lines.filter((candidate) => candidate.trace_id === first)) {
      step({
        who: line.service,
        does: line.msg,
        result: `trace_id ${line.trace_id.slice(0, 8)}…`,
        note: `parent span ${line.parent_id === '00f067aa0ba902b7' ? 'of the caller' : 'of orders'}`,
      });
    }
    fact('lines of the first request', story(first));
    fact('lines of the second request', story(second));
    fact(
      'lines that a global variable puts under the wrong request',
      lines.filter((line) => line.global_id !== line.trace_id).length,
    );
    fact('lines in all', lines.length);

    const charged = lines.filter((line) => line.trace_id === first);
    fact('span ids in the first trace', new Set(charged.map((line) => line.span_id)).size);
    holds(
      'the span of payments has the span of orders as its parent',
      charged.find((line) => line.service === 'payments')?.parent_id ===
        charged.find((line) => line.service === 'orders')?.span_id,
    );

    // #region headers
    const rejected: Record<string, string> = {
      'no header': '',
      'all zeros': traceparent('0'.repeat(32)),
      'upper case': traceparent(first.toUpperCase()),
      'version 00, a new field': `${traceparent(first)}-extra`,
      'span id too short': `00-${first}-00f067aa-01`,
      'other text behind the id': `00-${first}","msg":"refund approved`,
    };
    // #endregion headers
    const accepted: Record<string, string> = {
      'version 00': traceparent(second),
      'version 01, a new field': `01-${second}-00f067aa0ba902b7-01-extra`,
    };
    const rows: [string, string][] = [];
    for (const [what, value] of Object.entries({ ...accepted, ...rejected })) {
      lines.length = 0;
      await fetch(entry, { headers: value ? { traceparent: value } : {} });
      const id = lines[0]?.trace_id ?? '';
      const same = new Set(lines.map((line) => line.trace_id)).size === 1;
      if (!/^[0-9a-f]{32}$/.test(id) || !same) throw new Error(`The lines after “${what}” cannot be joined.`);
      rows.push([what, value.includes(id) ? 'continued' : 'new']);
    }
    fact('what a service does with traceparent', { columns: ['header', 'trace'], rows });

    const request = new AsyncLocalStorage<string>();
    const flushed = async (bind: boolean): Promise<string[]> => {
      const written: string[] = [];
      // #region batch
      const batch: (() => void)[] = [];
      const flush = Promise.withResolvers<undefined>();
      const save = (row: string): void => {
        const done = (): void => void written.push(`${row} is logged under ${request.getStore() ?? 'none'}`);
        batch.push(bind ? AsyncLocalStorage.bind(done) : done);
        if (batch.length === 1) {
          setImmediate(() => {
            for (const callback of batch) callback();
            flush.resolve(undefined);
          });
        }
      };
      request.run('request A', () => {
        save('row of A');
      });
      request.run('request B', () => {
        save('row of B');
      });
      // #endregion batch
      await flush.promise;
      return written;
    };
    fact('two requests share a batch', await flushed(false));
    fact('the same batch with AsyncLocalStorage.bind', await flushed(true));
  },
});
