import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { lab } from '#labs/index.ts';
import {
  classify,
  differences,
  rules,
  type Change,
  type Document,
  type Schema,
} from './openapi-diff/classify.ts';

/** For each rule the smallest pair of schemas that shows it. */
const smallest: Record<Change, [Schema, Schema]> = {
  'optional field added': [{}, { properties: { a: { type: 'string' } } }],
  'required field added': [{}, { properties: { a: { type: 'string' } }, required: ['a'] }],
  'field removed': [{ properties: { a: { type: 'string' } }, required: ['a'] }, {}],
  'now required': [
    { properties: { a: { type: 'string' } } },
    { properties: { a: { type: 'string' } }, required: ['a'] },
  ],
  'now optional': [
    { properties: { a: { type: 'string' } }, required: ['a'] },
    { properties: { a: { type: 'string' } } },
  ],
  'value added': [{ properties: { a: { enum: ['x'] } } }, { properties: { a: { enum: ['x', 'y'] } } }],
  'value removed': [{ properties: { a: { enum: ['x', 'y'] } } }, { properties: { a: { enum: ['x'] } } }],
  'type changed': [{ properties: { a: { type: 'integer' } } }, { properties: { a: { type: 'string' } } }],
  'limit lowered': [
    { properties: { a: { type: 'string', maxLength: 2 } } },
    { properties: { a: { type: 'string', maxLength: 1 } } },
  ],
  'limit raised': [
    { properties: { a: { type: 'string', maxLength: 1 } } },
    { properties: { a: { type: 'string', maxLength: 2 } } },
  ],
};

export default lab({
  title: 'One difference, two verdicts: request or response',
  claim:
    'Two OpenAPI documents can be compared by ten rules that look at the direction of the data, the rules pass only what validators accept, and a change of meaning leaves no trace in the comparison.',
  engines: ['node'],
  async run({ fact, holds }) {
    const read = async (file: string): Promise<Document> =>
      parse(await readFile(path.join(import.meta.dirname, 'openapi-diff', file), 'utf8')) as Document;
    const [today, next] = [await read('today.yaml'), await read('next.yaml')];
    const findings = classify(today, next);
    fact('From today’s document to the next', {
      columns: ['where', 'side', 'difference', 'verdict'],
      rows: findings.map(({ where, side, change, verdict }) => [where, side, change, verdict]),
    });
    const count = (wanted: string): number => findings.filter(({ verdict }) => verdict === wanted).length;
    fact('differences', findings.length);
    fact('breaking', count('breaking'));
    fact('risky', count('risky'));
    fact('compatible', count('compatible'));
    const inEuros = JSON.parse(JSON.stringify(today).replace('"cents"', '"euros"')) as Document;
    fact('differences found when cents become euros', classify(today, inEuros).length);

    // #region try
    /** Values that a writer of each schema might send: nothing, numbers, and words. */
    const values = [{}, ...[1, 1.5, 'x', 'y', 'xy'].map((a) => ({ a }))];
    const reader = (schema: Schema, open: boolean) =>
      z.fromJSONSchema({
        type: 'object',
        ...schema,
        additionalProperties: open,
      } as z.core.JSONSchema.JSONSchema);
    /** True when `to` accepts whatever `from` may write. A server refuses unknown fields, a client ignores them. */
    const understood = (from: Schema, to: Schema, open: boolean): boolean =>
      values
        .filter((value) => reader(from, false).safeParse(value).success)
        .every((value) => reader(to, open).safeParse(value).success);
    const tried = (Object.entries(smallest) as [Change, [Schema, Schema]][]).map(([change, [old, new_]]) => ({
      change,
      request: understood(old, new_, false), // old client writes, new server reads
      response: understood(new_, old, true), // new server writes, old client reads
    }));
    // #endregion try
    const word = (accepted: boolean): string => (accepted ? 'accepted' : 'refused');
    fact('Each rule, and what a validator does', {
      columns: ['difference', 'request', 'server', 'response', 'old client'],
      rows: tried.map(({ change, request, response }) => [
        change,
        rules[change].request,
        word(request),
        rules[change].response,
        word(response),
      ]),
    });
    const optional: Schema = { properties: { a: { type: 'string' } } };
    const [integer, number] = ['integer', 'number'].map((type): Schema => ({ properties: { a: { type } } }));
    fact('Stricter than a validator', {
      columns: ['difference', 'request', 'response'],
      rows: [
        ['optional field removed', understood(optional, {}, false), understood({}, optional, true)],
        [
          'integer widened to number',
          understood(integer ?? {}, number ?? {}, false),
          understood(number ?? {}, integer ?? {}, true),
        ],
      ].map(([name, request, response]) => [String(name), word(request === true), word(response === true)]),
    });
    fact('rules', tried.length);
    fact(
      'rules with another verdict for the other direction',
      tried.filter(({ change }) => (rules[change].request as string) !== rules[change].response).length,
    );
    holds(
      'each smallest pair is recognised as its own rule',
      tried.every(
        ({ change }) =>
          differences(...smallest[change])
            .map(([, found]) => found)
            .join() === change,
      ),
    );
    holds(
      'a rule says compatible exactly where the validator accepts all values',
      tried.every(
        ({ change, request, response }) =>
          (rules[change].request === 'compatible') === request &&
          (rules[change].response === 'compatible') === response,
      ),
    );
  },
});
