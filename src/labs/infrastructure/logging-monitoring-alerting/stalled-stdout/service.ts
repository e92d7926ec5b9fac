/** Logs 3,000 lines, a hundred a turn, and answers its parent's health checks. Its argument names the destination. */
import { pino } from 'pino';

const mode = process.argv[2] ?? '';
let dropped = 0;
// #region destination
const destinations = new Map([
  ['default', () => pino.destination()],
  ['sync: true', () => pino.destination({ sync: true })],
  ['maxLength 200 kB', () => pino.destination({ maxLength: 200_000 })],
]);
// #endregion destination
const destination = destinations.get(mode)?.();
if (!destination) throw new Error(`No destination is called “${mode}”.`);
destination.on('drop', () => (dropped += 1));

const log = pino(destination);
let left = 3_000;
function turn(): void {
  for (let line = 0; line < 100; line += 1) {
    log.info({ order_id: 'o-81723', status: 201, pad: 'x'.repeat(150) }, 'order paid');
  }
  left -= 100;
  if (left > 0) setImmediate(turn);
  else process.send?.({ dropped });
}
process.on('message', () => process.send?.('healthy'));
process.once('message', () => setImmediate(turn));
