/** Filtering and sorting of the list of questions. Pure. */

/** A question as the list shows it. */
export interface Row {
  readonly guide: string;
  readonly number: number;
  readonly category: string;
  readonly level: string;
  readonly tags: readonly string[];
  readonly minutes: number;
  /** ISO date. */
  readonly verified: string;
}

/** What the reader asked for, by the names the address uses; absent or empty means all. */
export type Filter = Partial<Record<'category' | 'level' | 'tag' | 'minutes' | 'state' | 'sort', string>>;

/** The rows that fit every filter, in the order asked for. `read`: the guides marked as read. A filter nobody offers is ignored. */
export function filterRows(rows: readonly Row[], filter: Filter, read: ReadonlySet<string>): Row[] {
  const { category, level, tag, minutes, state, sort } = filter;
  const most = Number(minutes);
  return rows
    .filter(
      (row) =>
        (!category || row.category === category) &&
        (!level || row.level === level) &&
        (!tag || row.tags.includes(tag)) &&
        (!most || row.minutes <= most) &&
        (state === 'read' ? read.has(row.guide) : state === 'unread' ? !read.has(row.guide) : true),
    )
    .sort((a, b) => {
      if (sort === 'minutes') return a.minutes - b.minutes || a.number - b.number;
      if (sort === 'verified') return b.verified.localeCompare(a.verified) || a.number - b.number;
      return a.number - b.number;
    });
}
