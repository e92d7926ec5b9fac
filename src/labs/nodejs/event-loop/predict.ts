import { lab } from '#labs/index.ts';

const exercises = {
  'exercise 1': 'predict.cjs#first',
  'exercise 2': 'predict.cjs#nested',
  'exercise 3': 'predict.cjs#io',
  'exercise 4': 'predict.cjs#race',
  'exercise 5': 'predict.mjs#module',
} as const;

export default lab({
  title: 'Predict the output',
  claim: 'Each of the five exercises prints the same on Node.js 22, 24 and 26, on every run.',
  engines: ['node'],
  async run({ node, fact }) {
    for (const [name, region] of Object.entries(exercises)) {
      const outputs = new Set<string>();
      for (const major of [22, 24, 26] as const) {
        const version = await node(major);
        for (let run = 0; run < 2; run += 1) outputs.add((await version.runRegion(region)).lines.join(' '));
      }
      fact(name, [...outputs].join(' or '));
    }
  },
});
