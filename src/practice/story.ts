/** A story for a leadership question, as a candidate tells it: its parts, how long each may take, and how long it takes to say. */

/** A part of a story that the reader writes. `seconds`: its share of a telling in two minutes. */
export interface Prompt {
  readonly id: string;
  readonly title: string;
  /** What to write, and what an interviewer probes. */
  readonly hint: string;
  readonly seconds: number;
}

/** The parts of a story in the order they are told; their seconds add up to two minutes. */
export const prompts: readonly Prompt[] = [
  {
    id: 'situation',
    title: 'Situation',
    hint: 'Two sentences: the system, your role in it, what was happening. One number for its size.',
    seconds: 20,
  },
  {
    id: 'stakes',
    title: 'Stakes',
    hint: 'Who would have lost what, and by when: money, users, a date, trust.',
    seconds: 15,
  },
  {
    id: 'options',
    title: 'Options',
    hint: 'At least two that you could still defend today, and what each would have cost.',
    seconds: 25,
  },
  {
    id: 'decision',
    title: 'Decision',
    hint: 'What you chose, what you did not know at that moment, and who had the last word.',
    seconds: 30,
  },
  {
    id: 'result',
    title: 'Result in numbers',
    hint: 'Before and after with their unit, how you measured it, and what it cost.',
    seconds: 20,
  },
  {
    id: 'differently',
    title: 'What you would do differently',
    hint: 'One decision you would take otherwise, and what has changed since so that it cannot come back.',
    seconds: 10,
  },
];

/** How long a telling may take, in seconds. */
export const tellingSeconds = prompts.reduce((sum, { seconds }) => sum + seconds, 0);

/** Words a minute: the middle of what a guide's own answer of two minutes may hold (220 to 320 words), a little slower. */
const wordsPerMinute = 130;

/** Seconds as a clock shows them: `1:05`. Whole seconds, not negative. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long texts are, in words and in the time it takes to say them. */
export function spokenLength(texts: readonly string[]): { words: number; time: string } {
  const words = texts.join(' ').split(/\s+/).filter(Boolean).length;
  return { words, time: clock(Math.round((words / wordsPerMinute) * 60)) };
}

/**
 * Where a telling stands after so many seconds: the time left (`1:35`, or `+0:12` when it is over) and the part that
 * should be told now; none when the time is over.
 */
export function tellingAt(elapsed: number): { left: string; over: boolean; now: Prompt | undefined } {
  const whole = Math.max(0, Math.floor(elapsed));
  let end = 0;
  const now = prompts.find(({ seconds }) => whole < (end += seconds));
  const over = whole > tellingSeconds;
  return { left: over ? `+${clock(whole - tellingSeconds)}` : clock(tellingSeconds - whole), over, now };
}
