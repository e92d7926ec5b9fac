/** `npm run new -- "question"`: writes the draft of a guide for a question of the catalogue, by its words, slug or number. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Question, guideId, questions } from './catalogue.ts';
import { guidesFolder } from './files.ts';
import { guideTemplate } from './template.ts';

/** The questions that a writer may mean: by number, by slug, or by words that stand in the question. */
export function findQuestions(words: string): Question[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  return questions.filter(
    (question) =>
      String(question.number) === wanted ||
      guideId(question).includes(wanted) ||
      question.asked.toLowerCase().includes(wanted),
  );
}

/**
 * Writes the draft below the project's folder and gives its path.
 * @throws Error when the question is not found, is ambiguous, or has a guide already; nothing is written then.
 */
export function newGuide(root: string, words: string, today: string): string {
  const [question, ...others] = findQuestions(words);
  if (!question)
    throw new Error(
      `No question of the catalogue matches “${words}”. Give its number, its slug or some of its words; a new question is added to src/guides/catalogue.ts first.`,
    );
  if (others.length > 0)
    throw new Error(
      `“${words}” matches several questions: ${[question, ...others].map((q) => `${q.number} ${guideId(q)}`).join(', ')}. Give the number.`,
    );
  const file = path.join(guidesFolder, `${guideId(question)}.mdx`);
  if (existsSync(path.join(root, file))) throw new Error(`${file} exists already; edit it.`);
  const [first, second] = questions
    .filter((other) => other.category === question.category && other !== question)
    .map(guideId);
  if (!first || !second) throw new Error('A category needs at least three questions.');
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), guideTemplate(question, today, [first, second]));
  return file;
}

if (import.meta.main) {
  try {
    const file = newGuide(
      process.cwd(),
      process.argv.slice(2).join(' '),
      new Date().toISOString().slice(0, 10),
    );
    console.log(
      `Wrote ${file} as a draft. \`npm run dev\` shows it; remove \`draft: true\` when it is whole.`,
    );
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
