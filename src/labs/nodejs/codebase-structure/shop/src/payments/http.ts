import type { Gateway } from './gateway.ts';

/** The provider's API: 200 charged, 402 declined, anything else is thrown. */
export function httpGateway(options: {
  readonly url: string;
  readonly key: () => string;
  readonly timeout: number;
}): Gateway {
  return {
    async charge(key, amount) {
      const response = await fetch(new URL('/charges', options.url), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${options.key()}`,
          'idempotency-key': key,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ amount }),
        signal: AbortSignal.timeout(options.timeout),
      });
      if (response.status === 402) return 'declined';
      if (!response.ok) throw new Error(`The payment provider answered ${response.status}.`);
      return 'charged';
    },
  };
}
