import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Refusal, type RefusalCode } from '#kernel';
import type { Order } from '#orders';
import { z } from 'zod';

// #region edge
/** The contract of POST /orders: the type, the check and the published schema come from this one value. */
export const orderRequest = z.strictObject({
  id: z.uuid(),
  sku: z.string().min(1).max(40),
  quantity: z.int().min(1).max(100),
});

/** One place says what each refusal means in HTTP. A code without a status does not compile. */
const statuses: Readonly<Record<RefusalCode, number>> = {
  'not-found': 404,
  duplicate: 409,
  'out-of-stock': 409,
  'payment-declined': 402,
};

/** Anything that was thrown, as an answer. What was not refused on purpose tells the caller nothing. */
export function answerTo(error: unknown): { status: number; body: { code: string; message: string } } {
  if (error instanceof z.ZodError)
    return { status: 400, body: { code: 'invalid-request', message: z.prettifyError(error) } };
  if (error instanceof Refusal)
    return { status: statuses[error.code], body: { code: error.code, message: error.message } };
  return { status: 500, body: { code: 'internal', message: 'Something broke. It has been logged.' } };
}
// #endregion edge

async function json(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The HTTP server around one use case. `log` gets what nobody foresaw. */
export function createApi(
  place: (request: z.output<typeof orderRequest>) => Promise<Order>,
  log: (error: unknown) => void,
): Server {
  return createServer((request, response) => {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/health') {
      reply(200, { ok: true });
      return;
    }
    if (request.method !== 'POST' || request.url !== '/orders') {
      reply(404, { code: 'no-such-route', message: 'Try POST /orders.' });
      return;
    }
    json(request)
      .then((body) => place(orderRequest.parse(body)))
      .then(
        (order) => {
          reply(201, order);
        },
        (error: unknown) => {
          const { status, body } = answerTo(error);
          if (status === 500) log(error);
          reply(status, body);
        },
      );
  });
}
