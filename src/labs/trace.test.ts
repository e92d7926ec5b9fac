import { expect, test } from 'vitest';
import { lanes, view } from './trace.ts';

test('actors are lanes in the order in which they first act', () => {
  const trace = { title: '', steps: [{ who: 'T2', does: 'a' }, { who: 'T1', does: 'b' }, { who: 'T2', does: 'c' }] }; // prettier-ignore
  expect(lanes(trace)).toEqual(['T2', 'T1']);
  expect(view(trace).map(({ lane }) => lane)).toEqual([1, 2, 1]);
});

test('a phase is named when it begins, not again while it lasts', () => {
  const phases = ['poll', 'poll', 'check', undefined, 'check'];
  const steps = phases.map((phase) => ({ who: 'loop', does: 'x', ...(phase ? { phase } : {}) }));
  expect(view({ title: '', steps }).map(({ newPhase }) => newPhase)).toEqual([
    'poll',
    undefined,
    'check',
    undefined,
    'check',
  ]);
});

test('every step that shows queues shows all of them in the same order', () => {
  const steps = [
    { who: 'loop', does: 'a', queues: { microtasks: ['p1'] } },
    { who: 'loop', does: 'b', queues: { timers: ['t1'], microtasks: [] } },
    { who: 'loop', does: 'c' },
  ];
  expect(view({ title: '', steps }).map(({ queues }) => queues)).toEqual([
    [{ queue: 'microtasks', items: ['p1'] }, { queue: 'timers', items: [] }],
    [{ queue: 'microtasks', items: [] }, { queue: 'timers', items: ['t1'] }],
    [],
  ]); // prettier-ignore
});

test('a wait or failure is marked by a word unless the result says it', () => {
  const mark = (outcome: 'waits' | 'fails' | 'ok', result: string) =>
    view({ title: '', steps: [{ who: 'a', does: 'x', outcome, result }] })[0]?.mark;
  expect(mark('waits', 'for 3 requests')).toBe('Waits');
  expect(mark('waits', 'waits for T1')).toBeUndefined();
  expect(mark('fails', '503')).toBe('Fails');
  expect(mark('fails', 'ERROR 40001: …')).toBeUndefined();
  expect(mark('ok', '200')).toBeUndefined();
});
