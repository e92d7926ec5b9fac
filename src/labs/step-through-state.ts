/** How a step-through moves. Pure: the custom element keeps one state and draws it. */

/** Which steps are shown: all of them, or the first ones up to `at` (from 0). */
export interface State {
  readonly count: number;
  readonly at: number | 'all';
  readonly playing: boolean;
}

/** What a reader can do, and the tick of the clock while playing. */
export type Action = 'next' | 'previous' | 'first' | 'last' | 'all' | 'play' | 'tick';

/** Before anything is touched, all steps are shown. */
export const initial = (count: number): State => ({ count, at: 'all', playing: false });

/** The state after an action. Playing begins at the first step (or goes on from the current one) and stops at the last, or at any other action. */
export function after({ count, at, playing }: State, action: Action): State {
  const last = count - 1;
  const still = (to: number | 'all'): State => ({ count, at: to, playing: false });
  switch (action) {
    case 'all':
      return still('all');
    case 'first':
      return still(0);
    case 'last':
      return still(last);
    case 'next':
      return still(at === 'all' ? 0 : Math.min(at + 1, last));
    case 'previous':
      return still(at === 'all' ? last : Math.max(at - 1, 0));
    case 'play':
      if (playing) return { count, at, playing: false };
      return { count, at: at === 'all' || at === last ? 0 : at, playing: last > 0 };
    case 'tick': {
      if (!playing || at === 'all') return { count, at, playing };
      const to = Math.min(at + 1, last);
      return { count, at: to, playing: to < last };
    }
  }
}

/** The keys that act while the focus is inside. */
export const keys: Readonly<Record<string, Action>> = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  Home: 'first',
  End: 'last',
  Escape: 'all',
};

/** How long a step stays while playing, in milliseconds: time to read its text, 1.5 to 6 seconds. */
export const dwell = (text: string): number => Math.min(6000, Math.max(1500, text.length * 45));
