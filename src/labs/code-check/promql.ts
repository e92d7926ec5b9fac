/** PromQL and alert rules by promtool where it is installed; else only their shape. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { findOnPath } from '../engines/path.ts';
import { eachBlock, problemAt, type Checker } from './block.ts';

/** A file of rules, as Prometheus reads it. */
export interface Rules {
  readonly groups: readonly unknown[];
}

/** Whether a YAML document is a file of rules: it has `groups`, each with `rules`. */
export const isRules = (value: unknown): value is Rules =>
  typeof value === 'object' && value !== null && 'groups' in value && Array.isArray(value.groups) &&
  value.groups.some((group) => typeof group === 'object' && group !== null && 'rules' in group); // prettier-ignore

function promtool(rules: Rules): readonly string[] | undefined {
  const program = findOnPath('promtool');
  if (!program) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
  const file = path.join(folder, 'rules.yaml');
  writeFileSync(file, stringify(rules));
  const run = spawnSync(program, ['check', 'rules', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (run.status === 0) return [];
  return (run.stderr || run.stdout).split('\n').filter((line) => line.trim() && !/FAILED|^Checking/.test(line)).map((line) => line.replaceAll(`${file}: `, '').trim()); // prettier-ignore
}

const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Whether brackets and quotes of an expression close: all that can be said without Prometheus. */
function unbalanced(expression: string): string | undefined {
  const bare = expression
    .replaceAll(/#.*$/gm, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""');
  if (!bare.trim()) return 'is empty';
  const quote = /(?<!")"(?!")|['`]/.exec(bare);
  if (quote) return `has a ${quote[0]} that does not close`;
  const open: string[] = [];
  for (const sign of bare.match(/[()[\]{}]/g) ?? []) {
    const opening = pairs[sign];
    if (!opening) open.push(sign);
    else if (open.pop() !== opening) return `has a ${sign} that nothing opens`;
  }
  const left = open.pop();
  return left ? `has a ${left} that does not close` : undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() ? value : undefined;

function shape(rules: Rules): readonly string[] {
  return rules.groups.flatMap((group, index) => {
    const { name, rules: list } = (group ?? {}) as { name?: unknown; rules?: unknown };
    const at = text(name) ?? `group ${index + 1}`;
    if (!text(name)) return [`${at} has no name`];
    if (!Array.isArray(list)) return [`${at} has no rules`];
    return list.flatMap((rule: unknown, number): string[] => {
      const { alert, record, expr } = (rule ?? {}) as { alert?: unknown; record?: unknown; expr?: unknown };
      const title = text(alert) ?? text(record);
      if (!title || (alert !== undefined && record !== undefined))
        return [`rule ${number + 1} of ${at} needs either alert or record`];
      const wrong = unbalanced(text(expr) ?? '');
      return wrong ? [`the expression of ${title} ${wrong}`] : [];
    });
  });
}

/** What is wrong with a file of rules. */
export const checkRules = (rules: Rules): Promise<readonly string[]> =>
  Promise.resolve(promtool(rules) ?? shape(rules));

/** PromQL. */
export const promqlChecker: Checker = {
  languages: ['promql'],
  by: 'promtool, or their brackets without it',
  check: eachBlock(async (block) => {
    // Expressions stand apart by blank lines.
    const expressions = block.code
      .split(/\n\s*\n/)
      .filter((expression) => expression.replaceAll(/#.*$/gm, '').trim());
    const rules = {
      groups: [
        {
          name: 'block',
          rules: expressions.map((expr, index) => ({ record: `block:expression_${index + 1}`, expr })),
        },
      ],
    };
    return (await checkRules(rules)).map((message) => problemAt(block, 1, message.replace('block:', '')));
  }),
};
