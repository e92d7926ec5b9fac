import { charge, refund, release, reserve, ship, type Services } from './services.ts';

/** Told the name of each step before it begins; the lab's child process kills itself in one of them. */
export type Before = (step: string) => void;

/** How often an undo is tried before a person has to look. */
export const maxAttempts = 5;

/** The plan: shipping comes last, because nothing takes a parcel back. */
const plan = [
  { name: 'reserve', act: reserve, undoName: 'release', undo: release },
  { name: 'charge', act: charge, undoName: 'refund', undo: refund },
  { name: 'ship', act: (_: Services, saga: string) => ship(saga) },
] as const;

/** Starts or resumes a saga and takes it as far as it will go. @returns its state afterwards. */
export async function run(s: Services, saga: string, before: Before = () => undefined): Promise<string> {
  const { rows } = await s.orders.query<Saga>('SELECT state, done, attempts FROM saga WHERE id = $1', [saga]);
  let { state, done, attempts } = rows[0] ?? { state: 'lost', done: 0, attempts: 0 };
  // #region forward
  while (state === 'forward') {
    const step = plan[done];
    before(step?.name ?? 'confirm');
    const answer = await step?.act(s, saga); // repeated after a crash: each action knows its saga
    if (step === undefined) state = 'done';
    else if (answer === 'done') done += 1;
    else state = 'undoing';
    before(`save after ${step?.name ?? 'confirm'}`);
    await save(s, saga, state, done, attempts);
  }
  // #endregion forward
  if (state !== 'undoing') return state;
  // #region undo
  const failed: string[] = [];
  for (const step of plan.slice(0, done).reverse()) {
    if (!('undo' in step)) continue;
    before(step.undoName);
    await step.undo(s, saga).catch(() => failed.push(step.undoName)); // the others still run
  }
  attempts += 1;
  state = failed.length === 0 ? 'undone' : attempts < maxAttempts ? 'undoing' : 'stuck';
  // #endregion undo
  before('save the end');
  await save(s, saga, state, done, attempts);
  return state;
}

interface Saga {
  state: string;
  done: number;
  attempts: number;
}

/** The saga's row and the order's status change together. */
async function save(s: Services, saga: string, state: string, done: number, attempts: number): Promise<void> {
  const status: Record<string, string> = { done: 'confirmed', undone: 'cancelled', stuck: 'cancelled' };
  await s.orders.query(
    `WITH o AS (UPDATE orders SET status = $5, changed = now() WHERE id = $1)
     UPDATE saga SET state = $2, done = $3, attempts = $4 WHERE id = $1`,
    [saga, state, done, attempts, status[state] ?? 'pending'],
  );
}
