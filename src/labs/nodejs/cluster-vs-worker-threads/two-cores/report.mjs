import { existsSync } from 'node:fs';

// #region work
/** Pure computing: counts the primes below 100,000, some milliseconds of one core. */
export default function report(gate) {
  let primes = 0;
  for (let n = 2; n < 100_000; n += 1) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor += 1;
    if (divisor * divisor > n) primes += 1;
  }
  while (gate && !existsSync(gate)); // for the test: compute on until the gate file exists
  return primes;
}
// #endregion work
