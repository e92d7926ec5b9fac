import { expect, test } from 'vitest';
import { after, dwell, initial, keys, type Action, type State } from './step-through-state.ts';

const run = (count: number, ...actions: readonly Action[]): State => actions.reduce(after, initial(count));

test('everything is shown until the reader steps', () => {
  expect(initial(5)).toEqual({ count: 5, at: 'all', playing: false });
  expect(run(5, 'next').at).toBe(0);
  expect(run(5, 'previous').at).toBe(4);
});

test('stepping stops at both ends', () => {
  expect(run(3, 'next', 'next', 'next', 'next', 'next').at).toBe(2);
  expect(run(3, 'next', 'previous', 'previous').at).toBe(0);
  expect(run(3, 'last', 'first').at).toBe(0);
});

test('playing starts at the first step, goes on with the clock and stops by itself at the last', () => {
  expect(run(3, 'play')).toEqual({ count: 3, at: 0, playing: true });
  expect(run(3, 'play', 'tick')).toEqual({ count: 3, at: 1, playing: true });
  expect(run(3, 'play', 'tick', 'tick')).toEqual({ count: 3, at: 2, playing: false });
  expect(run(3, 'play', 'tick', 'tick', 'tick')).toEqual({ count: 3, at: 2, playing: false });
});

test('playing again pauses, goes on from the current step, and starts over at the end', () => {
  expect(run(4, 'play', 'tick', 'play')).toEqual({ count: 4, at: 1, playing: false });
  expect(run(4, 'play', 'tick', 'play', 'play')).toEqual({ count: 4, at: 1, playing: true });
  expect(run(4, 'last', 'play')).toEqual({ count: 4, at: 0, playing: true });
});

test('any other action ends playing; a late tick does nothing', () => {
  for (const action of ['next', 'previous', 'first', 'last', 'all'] as const) {
    const state = run(4, 'play', 'tick', action);
    expect(state.playing).toBe(false);
    expect(after(state, 'tick')).toEqual(state);
  }
});

test('a single step does not play', () => {
  expect(run(1, 'play')).toEqual({ count: 1, at: 0, playing: false });
});

test('the arrow keys, Home, End and Escape act', () => {
  expect(Object.keys(keys)).toEqual(['ArrowRight', 'ArrowLeft', 'Home', 'End', 'Escape']);
});

test('long steps stay longer, within bounds', () => {
  expect(dwell('x')).toBe(1500);
  expect(dwell('x'.repeat(60))).toBe(2700);
  expect(dwell('x'.repeat(999))).toBe(6000);
});
