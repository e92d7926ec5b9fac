/** What the command line prints. Pure: text in, text out. */
import type { FactValue, Table } from './definition.ts';
import { stepText, tableText, type Difference, type Plot, type Result } from './result.ts';

/** Text with every line moved to the right. */
export const indent = (text: string, by: string): string => text.split('\n').map((line) => by + line).join('\n'); // prettier-ignore

const isTable = (value: FactValue): value is Table =>
  typeof value === 'object' && value !== null && 'columns' in value;

const factText = (value: FactValue): string =>
  isTable(value) ? tableText(value) : Array.isArray(value) ? value.join(', ') : String(value);

const aligned = (pairs: readonly (readonly [string, string])[]): string => {
  const width = Math.max(0, ...pairs.map(([left]) => left.length));
  return pairs
    .map(([left, right]) =>
      right.includes('\n') ? `  ${left}\n${indent(right, '    ')}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
};

const plotText = (plot: Plot): string =>
  Object.entries(plot.points)
    .map(
      ([line, points]) => `  ${line ? `${line}: ` : ''}${points.map(([x, y]) => `${x} → ${y}`).join('   ')}`,
    )
    .join('\n');

/** A whole result, for a reader in a terminal. */
export function resultText(id: string, result: Result): string {
  const { measured } = result;
  const versions = Object.entries(measured.with).map(([name, version]) => `${name} ${version}`).join(', '); // prettier-ignore
  const parts = [
    `${result.title}\n${'═'.repeat(result.title.length)}\n${result.claim}`,
    ...result.traces.map(
      ({ title, steps }) =>
        `${title || 'What happened'}\n` +
        steps
          .map(
            (step, index) =>
              `  ${String(index + 1).padStart(2)}  ${stepText(step)}${step.note ? `\n      ${step.note}` : ''}`,
          )
          .join('\n'),
    ),
    result.facts.length > 0 &&
      `Facts\n${aligned(result.facts.map(({ name, value, unit }) => [name, factText(value) + (unit ? ` ${unit}` : '')]))}`,
    result.holds.length > 0 && `It holds that\n${result.holds.map((name) => `  ✓ ${name}`).join('\n')}`,
    measured.measures.length > 0 &&
      `Measured here\n${aligned(measured.measures.map(({ name, value, unit }) => [name, `${value} ${unit}`]))}`,
    ...measured.plots.map(
      (plot) => `${plot.name} (${plot.x} → ${plot.y}${plot.unit ? `, ${plot.unit}` : ''})\n${plotText(plot)}`,
    ),
    `${id}, ${versions}, ${measured.on}`,
  ];
  return parts.filter((part) => part !== false).join('\n\n');
}

const sides = ({ expected, seen }: Difference): string => {
  if (expected === undefined) return `recorded  nothing\nseen      ${hang(seen ?? '')}`;
  if (seen === undefined) return `recorded  ${hang(expected)}\nseen      nothing`;
  if (!expected.includes('\n') && !seen.includes('\n')) return `recorded  ${expected}\nseen      ${seen}`;
  return lineDifference(expected.split('\n'), seen.split('\n'));
};

const hang = (text: string): string => text.split('\n').join(`\n${' '.repeat(10)}`);

/** Two texts line by line: equal lines once, others marked `-` (recorded) and `+` (seen). */
function lineDifference(a: readonly string[], b: readonly string[]): string {
  // Longest common subsequence; the texts are short.
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i] ?? ''}`);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push(`- ${a[i++] ?? ''}`);
    else lines.push(`+ ${b[j++] ?? ''}`);
  }
  return lines.join('\n');
}

/** Differences between record and run, readable. */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map((difference) => `${difference.what}\n${indent(sides(difference), '  ')}`).join('\n');
}

/** `1.4 s` */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
