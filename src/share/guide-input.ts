import path from 'node:path';
import type { PublishedGuide } from '#guides/current.ts';
import { labCode, labReference } from '#labs/lab-fence.ts';
import { readResult } from '#labs/results.ts';
import type { MarkdownInput } from './markdown.ts';

/** What a published guide's Markdown is made of, read from the project's files. `url`: the guide's full address. */
export function markdownInput(
  { id, guide, question, body, references }: PublishedGuide,
  url: string,
): MarkdownInput {
  return {
    guide,
    question,
    body,
    references,
    url,
    labCode: (text) => {
      const reference = labReference(`lab="${text}"`);
      if (!reference) throw new Error(`${id}: “${text}” names no lab.`);
      const language =
        path
          .extname(reference.file)
          .slice(1)
          .replace(/^[cm]([jt]s)$/, '$1') || 'dockerfile';
      return labCode(
        path.resolve('src/labs', id),
        reference,
        { yml: 'yaml', sh: 'bash' }[language] ?? language,
      );
    },
    labClaim: (lab) => readResult(id, lab).claim,
  };
}
