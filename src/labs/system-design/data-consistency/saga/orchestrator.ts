import { charge, refund, release, reserve, ship, type Services } from './services.ts';

/** Told the name of each step before it begins; the lab's child process kills itself in one of them. */
export type Before = (step: string) => void | Promise<void>;

/** How often an undo is tried before a person has to look. */
export const maxAttempts = 5;

/** The plan: shipping comes last, because nothing takes a parcel back. */
const plan = [
  { name: 'reserve', act: reserve, undoName: 'release', undo: release },
  { name: 'charge', act: charge, undoName: 'refund', undo: refund },
  { name: 'ship', act: ship },
] as const;

/** From this step on nothing is undone: it is asked again until it answers. */
const pivot = plan.findIndex((step) => !('undo' in step));

/**
 * Starts, resumes or takes over a saga and takes it as far as it will go.
 * @param fenced false saves even after another orchestrator has claimed the saga; the lab shows what that does.
 * @returns its state afterwards, or `taken over` when another orchestrator has claimed it since.
 */
export async function run(
  s: Services,
  saga: string,
  before: Before = () => undefined,
  fenced = true,
): Promise<string> {
  // A sweeper adds a lease, `AND lease < now()`: that saves work. What protects the row is the number.
  const { rows } = await s.orders.query<Saga>(
    'UPDATE saga SET holder = holder + 1 WHERE id = $1 RETURNING state, done, attempts, holder',
    [saga],
  );
  if (rows[0] === undefined) throw new Error(`There is no saga ${saga}.`);
  let { state, done, attempts } = rows[0];
  const holder = fenced ? rows[0].holder : null;
  // #region forward
  while (state === 'forward') {
    const step = plan[done];
    await before(step?.name ?? 'confirm');
    const answer = await step?.act(s, saga); // repeated after a crash: each action knows its saga
    if (step === undefined) state = 'done';
    else if (answer === 'done') done += 1;
    else state = 'undoing';
    await before(`save after ${step?.name ?? 'confirm'}`);
    if (!(await save(s, saga, { state, done, attempts, holder }))) return 'taken over';
  }
  // #endregion forward
  if (state !== 'undoing') return state;
  // #region undo
  const failed: string[] = [];
  const begun = plan.slice(0, done + 1); // with the one whose answer nobody knows
  for (const step of begun.reverse()) {
    if (!('undo' in step)) continue;
    await before(step.undoName);
    await step.undo(s, saga).catch(() => failed.push(step.undoName)); // the others still run
  }
  attempts += 1;
  state = failed.length === 0 ? 'undone' : attempts < maxAttempts ? 'undoing' : 'stuck';
  // #endregion undo
  await before('save the end');
  return (await save(s, saga, { state, done, attempts, holder })) ? state : 'taken over';
}

/** Turns a saga round whose deadline has passed, unless it may have reached the step that is never undone. */
export async function giveUp(s: Services, saga: string): Promise<void> {
  await s.orders.query(
    `UPDATE saga SET state = 'undoing', holder = holder + 1 WHERE id = $1 AND state = 'forward' AND done < $2`,
    [saga, pivot],
  );
}

interface Saga {
  state: string;
  done: number;
  attempts: number;
  /** Grows with each claim, so that a holder that was too late saves nothing (a fencing token). */
  holder: number;
}

type Progress = Omit<Saga, 'holder'> & { holder: number | null };

/** The saga's row and the order's status change together. @returns false when another one has claimed the saga. */
// #region save
async function save(
  s: Services,
  saga: string,
  { state, done, attempts, holder }: Progress,
): Promise<boolean> {
  const status: Record<string, string> = { done: 'confirmed', undone: 'cancelled', stuck: 'cancelled' };
  const { rowCount } = await s.orders.query(
    `WITH mine AS (
       UPDATE saga SET state = $2, done = $3, attempts = $4 WHERE id = $1 AND holder = coalesce($5, holder) RETURNING id)
     UPDATE orders SET status = $6, changed = now() FROM mine WHERE orders.id = mine.id`,
    [saga, state, done, attempts, holder, status[state] ?? 'pending'],
  );
  return rowCount === 1;
}
// #endregion save
