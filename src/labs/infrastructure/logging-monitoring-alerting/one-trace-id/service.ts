import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { pino, type Logger } from 'pino';

/** What a log line of these services holds, among other things. */
export interface Line {
  readonly service: string;
  readonly msg: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string | null;
  /** What a variable of the service says the trace is: the way that does not work. */
  readonly global_id: string;
}

/** What a handler works with. */
interface Tools {
  readonly log: Logger;
  /** Calls another service and passes the trace on. */
  readonly call: (url: string) => Promise<number>;
}

// #region context
interface Trace {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string | null;
}

const context = new AsyncLocalStorage<Trace>();

/** Goes on with the caller's trace, or starts one when the header is missing or malformed. */
function receive(header = ''): Trace {
  const [, version, id, parent, more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/.exec(header) ?? [];
  const known = version === '00' ? !more : version !== 'ff'; // only later versions may add fields
  const valid = known && id && parent && !/^0+$/.test(id) && !/^0+$/.test(parent);
  const span_id = randomBytes(8).toString('hex');
  return valid
    ? { trace_id: id, span_id, parent_id: parent }
    : { trace_id: randomBytes(16).toString('hex'), span_id, parent_id: null };
}
// #endregion context

/** A service whose lines go into `lines`. */
export function service(
  name: string,
  lines: Line[],
  handle: (tools: Tools) => Promise<number>,
): { readonly listener: RequestListener } {
  let globalId = '';
  const sink = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  // #region logger
  const log = pino(
    {
      base: { service: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => ({ ...context.getStore(), global_id: globalId }),
    },
    sink,
  );
  const call = async (url: string): Promise<number> => {
    const trace = context.getStore();
    if (!trace) throw new Error('A call outside of any request.');
    const traceparent = `00-${trace.trace_id}-${trace.span_id}-01`;
    const { status } = await fetch(url, { headers: { traceparent } });
    return status;
  };
  const listener: RequestListener = (request, response) => {
    const trace = receive(request.headers['traceparent']?.toString());
    globalId = trace.trace_id;
    void context.run(trace, async () => {
      response.writeHead(await handle({ log, call })).end();
    });
  };
  // #endregion logger
  return { listener };
}
