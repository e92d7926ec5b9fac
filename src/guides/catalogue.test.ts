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

test('holds 25 questions, numbered in the order they are asked, each in a known category at an address of its own', () => {
  expect(questions.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(new Set(questions.map(guideId)).size).toBe(25);
  const order = questions.map(({ category }) => categories.findIndex(({ slug }) => slug === category));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test('every question has its guide', () => {
  const published = new Set(
    readGuideFiles(process.cwd())
      .filter((file) => !isDraft(file))
      .map(({ id }) => id),
  );
  const missing = questions
    .filter((question) => !published.has(guideId(question)))
    .map(({ number }) => number);
  expect(missing).toEqual([]);
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
