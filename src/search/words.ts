/** From text to the words that search compares. Pure; the same for what is indexed and what is typed. */

/** Words too common to tell pages apart. */
const common = new Set(
  'a an and are as at be been being but by can could did do does done each every for from had has have how i if in into is it its just made make me my not of on or our should so some such than that the their them then there these they this those to use used using vs versus was we were what when where which while who why will with would you your'.split(
    ' ',
  ),
);

/** A text as words: lower case, without accents and possessives, identifiers whole (`setimmediate`, `for_update`, `n+1`). */
export function wordsOf(text: string): string[] {
  return (
    text
      .slice(0, 500)
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/['’]s\b|['’]/g, '')
      // Node.js, C++ and N+1 are words; a full stop at the end of a sentence is not part of one.
      .match(/[\p{L}\p{N}_$]+(?:[.+#][\p{L}\p{N}_]+)*/gu) ?? []
  );
}

/** A word and, of an identifier such as `process.nextTick` or `pg_stat_activity`, its parts. */
export function withParts(word: string): string[] {
  const parts = word.split(/[._]/).filter((part) => part.length > 1);
  return parts.length > 1 ? [word, ...parts] : [word];
}

/** The identifiers of a text that capitals cut, such as `monitorEventLoopDelay` or `OOMKilled`: their parts, by the word that `wordsOf` makes of each. */
export function capitalParts(text: string): Map<string, string[]> {
  return new Map(
    text.split(/[^\p{L}\p{N}]+/u).flatMap((word) => {
      const parts = word.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
      return parts.length > 1 ? [[word.toLowerCase(), parts.map((part) => part.toLowerCase())]] : [];
    }),
  );
}

/** The words that carry meaning; all of them when none does. */
export function contentWords(words: readonly string[]): string[] {
  const content = words.filter((word) => !common.has(word));
  return content.length > 0 ? content : [...words];
}

const endings: readonly [RegExp, string][] = [
  [/(?<=\w{3})ies$/, 'y'],
  [/(?<=\w{3})(?:sses)$/, 'ss'],
  [/(?<=\w{2}(?:x|ch|sh))es$/, ''],
  [/(?<=\w{3}[^su])s$/, ''],
  [/(?<=\w{4})(?:ing|ed)$/, ''],
];

/** Words that name the same thing, the first of each line, as texts spell it, for all. Applied to what is indexed and to what is typed. */
const same = new Map(
  [
    ['postgresql', 'postgres', 'pg', 'psql'],
    ['kubernetes', 'k8s', 'kube'],
    ['database', 'db'],
    ['node', 'nodejs', 'node.js'],
    ['websocket', 'ws'],
    ['rabbitmq', 'rabbit'],
    ['authentication', 'auth'],
    ['configuration', 'config'],
    ['environment', 'env'],
    ['disagreement', 'disagree'],
    ['migration', 'migrate'],
    ['replica', 'replication'],
    ['shard', 'sharding'],
    ['synchronous', 'sync'],
    ['asynchronous', 'async'],
    ['monorepo', 'monorepository'],
  ].flatMap(([first = '', ...others]) => others.map((other) => [other, first] as const)),
);

/** The word as texts spell it, where a reader may type another that names the same thing: “kubernetes” for “k8s”. */
export const spelled = (typed: string): string => same.get(typed) ?? typed;

/** The stem of a word, so that “indexes” meets “index” and “caching” meets “cache”; words with digits or signs stay. */
export function stem(typed: string): string {
  const word = spelled(typed);
  if (!/^[a-z]+$/.test(word) || word.length < 4) return word;
  const cut = endings.reduce((text, [ending, replacement]) => text.replace(ending, replacement), word);
  // A doubled consonant or a silent e that an ending had hidden: “dropp” from “dropped”, “cache” from “caching”.
  return cut.replace(/([bdgmnprt])\1$/, '$1').replace(/(?<=\w{3})e$/, '');
}

/**
 * How many single-letter mistakes (one missing, one too many, one wrong, two swapped) lie between two words, or
 * `most + 1` when more than `most` do. Optimal string alignment (Damerau 1964, restricted).
 */
export function mistakes(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length] ?? most + 1;
}
