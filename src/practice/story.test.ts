import { expect, test } from 'vitest';
import { prompts, spokenLength, tellingAt, tellingSeconds } from './story.ts';

test('the parts fill two minutes', () => {
  expect(tellingSeconds).toBe(120);
  expect(new Set(prompts.map(({ id }) => id)).size).toBe(prompts.length);
});

test('the clock counts down, names the part to tell, and counts on when the time is over', () => {
  expect(tellingAt(0)).toMatchObject({ left: '2:00', over: false, now: { id: 'situation' } });
  expect(tellingAt(19.9)).toMatchObject({ left: '1:41', now: { id: 'situation' } });
  expect(tellingAt(20)).toMatchObject({ left: '1:40', now: { id: 'stakes' } });
  expect(tellingAt(119)).toMatchObject({ left: '0:01', now: { id: 'differently' } });
  expect(tellingAt(120)).toEqual({ left: '0:00', over: false, now: undefined });
  expect(tellingAt(132)).toEqual({ left: '+0:12', over: true, now: undefined });
});

test('length is told in words and in time to say them', () => {
  expect(spokenLength([])).toEqual({ words: 0, time: '0:00' });
  expect(spokenLength(['one two', '', ' three\n'])).toEqual({ words: 3, time: '0:01' });
  expect(spokenLength([Array.from({ length: 260 }, () => 'word').join(' ')])).toEqual({
    words: 260,
    time: '2:00',
  });
});
