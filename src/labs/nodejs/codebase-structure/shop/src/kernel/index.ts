export { Refusal, refusalCodes, type RefusalCode } from './errors.ts';
export { times, type Cents } from './money.ts';
