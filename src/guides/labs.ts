import { readResult, valueText } from '#labs/results.ts';
import type { ReferenceContext } from './references.ts';

/** Reads the recorded results of one guide's labs. `id`: the guide's `category/slug`. */
export function labReader(id: string): Pick<ReferenceContext, 'labTitle' | 'labValue'> {
  return {
    labTitle: (lab) => readResult(id, lab).title,
    labValue: (lab, value) => valueText(readResult(id, lab), value, lab),
  };
}
