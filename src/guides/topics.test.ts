import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { frontmatterOf } from './frontmatter.ts';
import { isDraft, readGuideFiles } from './files.ts';
import type { Tag } from './tags.ts';
import { topics } from './topics.ts';

const carriers = new Map<string, string[]>();
for (const file of readGuideFiles(process.cwd()).filter((one) => !isDraft(one))) {
  const { tags } = parse(frontmatterOf(file.source) ?? '') as { tags: Tag[] };
  for (const tag of tags) carriers.set(tag, [...(carriers.get(tag) ?? []), file.id].sort());
}
const shared = [...carriers].filter(([, guides]) => guides.length > 1);

test.each(shared)('the topic %s says how each of its guides differs, and no other', (tag, guides) => {
  expect(Object.keys(topics[tag as Tag]?.guides ?? {}).sort()).toEqual(guides);
});

test('no topic stands without two guides, and sentences are plain', () => {
  expect(Object.keys(topics).filter((tag) => !shared.some(([other]) => other === tag))).toEqual([]);
  const texts = Object.values(topics).flatMap(({ says, guides }) => [says, ...Object.values(guides)]);
  expect(texts.filter((text) => !/^[A-Z“0-9].{20,260}[.?]$/.test(text) || /[`*[\]]/.test(text))).toEqual([]);
});
