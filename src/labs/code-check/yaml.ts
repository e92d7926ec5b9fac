/** YAML by its parser, and by a schema where it is a Kubernetes manifest or a file of Prometheus rules. */
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { checkManifest, isManifest } from '../engines/kubernetes/schema.ts';
import { eachBlock, problemAt, type Checker } from './block.ts';
import { checkRules, isRules } from './promql.ts';

/** The line of a path such as `spec.containers[0].image`, or of its nearest parent that exists. */
function lineOf(document: Document, counter: LineCounter, at: string): number {
  const keys = at.split(/[.[\]]+/).filter(Boolean).map((key) => (/^\d+$/.test(key) ? Number(key) : key)); // prettier-ignore
  for (let length = keys.length; length > 0; length--) {
    const pair = length > 0 ? document.getIn(keys.slice(0, length), true) : undefined;
    if (pair && typeof pair === 'object' && 'range' in pair && Array.isArray(pair.range))
      return counter.linePos(Number(pair.range[0])).line;
  }
  return document.range ? counter.linePos(document.range[0]).line : 1;
}

/** YAML. */
export const yamlChecker: Checker = {
  languages: ['yaml', 'yml'],
  by: 'the YAML parser and the schema of Kubernetes or Prometheus',
  check: eachBlock(async (block) => {
    const counter = new LineCounter();
    const documents = parseAllDocuments(block.code, { lineCounter: counter, prettyErrors: false });
    if ('empty' in documents) return [];
    const found = [];
    for (const document of documents) {
      for (const error of [...document.errors, ...document.warnings]) {
        found.push(problemAt(block, counter.linePos(error.pos[0]).line, error.message));
      }
      if (document.errors.length > 0) continue;
      const value: unknown = document.toJS();
      if (isManifest(value)) {
        for (const { path, message } of await checkManifest(value)) {
          found.push(problemAt(block, lineOf(document, counter, path), `${path} ${message}`));
        }
      } else if (isRules(value)) {
        found.push(...(await checkRules(value)).map((message) => problemAt(block, 1, message)));
      }
    }
    return found;
  }),
};
