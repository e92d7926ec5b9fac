import { expect, test } from 'vitest';
import {
  categories,
  categoryBySlug,
  guideId,
  questionById,
  questionByNumber,
  questions,
} from './catalogue.ts';
import { isDraft, readGuideFiles } from './files.ts';

/**
 * Questions whose guide is still to be written. The list can only get shorter: a guide that is published must leave it,
 * and a guide that disappears is not on it.
 */
const unwritten: readonly number[] = [3, 4, 5, 6, 7];

test('holds 25 questions, numbered in the order they are asked, each in a known category at an address of its own', () => {
  expect(questions.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(new Set(questions.map(guideId)).size).toBe(25);
  const order = questions.map(({ category }) => categories.findIndex(({ slug }) => slug === category));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test('every question is published, but for the list of those still to be written', () => {
  const published = new Set(
    readGuideFiles(process.cwd())
      .filter((file) => !isDraft(file))
      .map(({ id }) => id),
  );
  const missing = questions
    .filter((question) => !published.has(guideId(question)))
    .map(({ number }) => number);
  expect(missing).toEqual(unwritten);
});

test('addresses that were published stay', () => {
  expect(questions.map(guideId)).toMatchSnapshot();
});

test('finds by number and by address, and says what there is when there is none', () => {
  expect(questionByNumber(16).slug).toBe('transactions-and-isolation');
  expect(questionById('nodejs/event-loop')?.number).toBe(8);
  expect(questionById('nodejs/nothing')).toBeUndefined();
  expect(() => questionByNumber(26)).toThrow('1 to 25');
  expect(() => categoryBySlug('databases')).toThrow('system-design, nodejs');
});
