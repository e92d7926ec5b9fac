import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '#labs/result.ts';
import { slug } from '#labs/slug.ts';
import type { ReferenceContext } from './references.ts';

/** Reads the recorded results of one guide's labs. `id`: the guide's `category/slug`. */
export function labReader(id: string): Pick<ReferenceContext, 'labTitle' | 'labValue'> {
  const read = (lab: string): Result => {
    const file = path.join('src/labs', id, `${lab}.result.json`);
    if (!existsSync(file)) throw new Error(`[lab:${lab}] has no recorded result at ${file}. Record it with \`npm run labs -- --record ${id}/${lab}\`, or mend the name.`);
    return JSON.parse(readFileSync(file, 'utf8')) as Result;
  };
  return {
    labTitle: (lab) => read(lab).title,
    labValue: (lab, value) => {
      const { facts, measured } = read(lab);
      const found = [...facts, ...measured.measures].find(({ name }) => slug(name) === slug(value));
      if (!found || typeof found.value === 'object') {
        throw new Error(`[lab:${lab}/${value}] names no value of the lab. It recorded ${[...facts, ...measured.measures].map(({ name }) => slug(name)).join(', ')}.`);
      }
      const text = typeof found.value === 'number' ? found.value.toLocaleString('en') : String(found.value);
      return found.unit ? `${text}\u00a0${found.unit}` : text;
    },
  };
}
