import type { Cents } from '#kernel';

/** The port to whoever moves the money. The same key charges once. */
export interface Gateway {
  charge(key: string, amount: Cents): Promise<'charged' | 'declined'>;
}

/** A gateway for tests: declines above a limit and remembers what it charged. */
export function memoryGateway(limit: Cents): Gateway & { readonly charged: ReadonlyMap<string, Cents> } {
  const charged = new Map<string, Cents>();
  return {
    charged,
    charge(key, amount) {
      if (amount > limit) return Promise.resolve('declined');
      charged.set(key, amount);
      return Promise.resolve('charged');
    },
  };
}
