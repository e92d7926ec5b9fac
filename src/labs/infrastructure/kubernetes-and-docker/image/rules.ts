/** Rules of an image that can be read off its Dockerfile, without building it. */
import { DockerfileParser, type Instruction } from 'dockerfile-ast';

interface Stage {
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** Instructions from FROM to the next FROM. */
function stagesOf(text: string): Stage[] {
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM')
      stages.push({ from: instruction.getArgumentsContent() ?? '', instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

const texts = (stage: Stage | undefined, keyword: string): string[] =>
  (stage?.instructions ?? [])
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getRawArgumentsContent() ?? '');

// #region rules
const rules: readonly (readonly [wording: string, keeps: (stages: readonly Stage[]) => boolean])[] = [
  ['bases by digest', (stages) => stages.every(({ from }) => from.includes('@sha256:'))],
  [
    'two stages',
    (stages) =>
      stages.length > 1 && !texts(stages.at(-1), 'RUN').some((run) => /npm (ci|install|run)/.test(run)),
  ],
  [
    'npm ci',
    (stages) => !stages.some((stage) => texts(stage, 'RUN').some((run) => /npm (i|install)\b/.test(run))),
  ],
  ['lockfile copied first', ([build]) => /package-lock\.json/.test(texts(build, 'COPY')[0] ?? '')],
  ['user by number', (stages) => /^[1-9]\d*$/.test(texts(stages.at(-1), 'USER').at(-1) ?? '')],
  ['CMD as a list', (stages) => (texts(stages.at(-1), 'CMD')[0] ?? '').startsWith('[')],
  ['CMD starts node', (stages) => !/npm|yarn|pnpm/.test(texts(stages.at(-1), 'CMD')[0] ?? 'npm')],
  [
    'no secret in ARG',
    (stages) =>
      !stages.some((stage) =>
        [...texts(stage, 'ARG'), ...texts(stage, 'ENV')].some((name) => /TOKEN|SECRET|PASSWORD/.test(name)),
      ),
  ],
];
// #endregion rules

/** The wordings of all rules, with whether a Dockerfile keeps each. */
export const judge = (text: string): (readonly [wording: string, kept: boolean])[] => {
  const stages = stagesOf(text);
  return rules.map(([wording, keeps]) => [wording, keeps(stages)]);
};
