import type { Tag } from './tags.ts';

/** What a topic's page says: in general, and how each guide that carries the tag takes it up. */
export interface Topic {
  /** One or two sentences: what the topic is about across categories. Plain text. */
  readonly says: string;
  /** By a guide's address: in one sentence, what it says on the topic that the others do not. Plain text. */
  readonly guides: Readonly<Record<string, string>>;
}

/** The topics that two or more guides carry; `topics.test.ts` asks for a sentence for each of them. */
export const topics: Partial<Record<Tag, Topic>> = {};
