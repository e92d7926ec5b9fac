/** Recorded values as a reader sees them. Pure. */
import type { FactValue, Scalar, Table } from './definition.ts';

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });

/** Units that follow the number without a space. */
const close = new Set(['%', '×', '°']);

/** A value with its unit, joined so that no line breaks between them: `1,420 pages`, `82%`, `true`. */
export function withUnit(value: Scalar, unit?: string): string {
  const text = typeof value === 'number' ? numbers.format(value) : value === null ? 'null' : String(value);
  if (!unit) return text;
  return close.has(unit) ? text + unit : `${text}\u00a0${unit}`;
}

/** Whether a fact has columns and rows. */
export const isTable = (value: FactValue): value is Table =>
  typeof value === 'object' && value !== null && 'columns' in value;

/** Whether a fact is a list. */
export const isList = (value: FactValue): value is readonly Scalar[] => Array.isArray(value);

const dates = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `2026-11-22` as `22 November 2026`. */
export const dateText = (iso: string): string => dates.format(new Date(`${iso}T00:00:00Z`));

/** The versions that took part, without the Node.js that ran the lab itself when the lab is not about Node.js. */
export function versionsText(versions: Readonly<Record<string, string>>): string {
  const names = Object.keys(versions);
  const others = names.filter((name) => name !== 'Node.js');
  // `Node.js 26` and the runner's own `Node.js` are the same program.
  const shown = others.length > 0 ? others : names;
  return shown
    .map((name) =>
      /^Node\.js \d+$/.test(name) ? `Node.js ${versions[name] ?? ''}` : `${name} ${versions[name] ?? ''}`,
    )
    .join(', ');
}
