/** Dockerfiles by their parser: known instructions, with arguments, starting at a base image. */
import { DockerfileParser } from 'dockerfile-ast';
import { eachBlock, problemAt, type Checker } from './block.ts';

/** Docker's instructions (Dockerfile reference, 2026). */
const known = new Set([
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR',
]); // prettier-ignore

/** Dockerfile. */
export const dockerfileChecker: Checker = {
  languages: ['dockerfile', 'docker'],
  by: 'the Dockerfile parser',
  check: eachBlock((block) => {
    const instructions = DockerfileParser.parse(block.code).getInstructions();
    const found = instructions.flatMap((instruction) => {
      const line = instruction.getRange().start.line + 1;
      const keyword = instruction.getKeyword();
      if (!known.has(keyword))
        return [problemAt(block, line, `${instruction.getInstruction()} is no instruction of a Dockerfile.`)];
      return instruction.getArguments().length === 0
        ? [problemAt(block, line, `${keyword} needs an argument.`)]
        : [];
    });
    const first = instructions.find((instruction) => instruction.getKeyword() !== 'ARG');
    if (first?.getKeyword() !== 'FROM')
      found.push(problemAt(block, 1, 'A Dockerfile starts with FROM (ARG may stand before it).'));
    return found;
  }),
};
