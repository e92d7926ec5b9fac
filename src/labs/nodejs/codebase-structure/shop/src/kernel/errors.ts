// #region refusals
/** What a use case refuses on purpose. Callers may branch on these; everything else that is thrown is a bug or an outage. */
export const refusalCodes = ['not-found', 'duplicate', 'out-of-stock', 'payment-declined'] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
// #endregion refusals
