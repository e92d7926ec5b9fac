/** Code fences that show a region of a lab: ```` ```ts lab="write-skew#attempt" ````. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dedent, regionOf } from './regions.ts';

/** What a fence's meta asks for. */
export interface LabReference {
  /** The file below the guide's lab folder: `write-skew.ts`, `write-skew/worker.ts`, `order.cjs`. */
  readonly file: string;
  /** The region, or undefined for the whole file. */
  readonly region?: string;
  /** The meta without the reference: markers for the code block. */
  readonly rest: string;
}

const pattern = /(?:^|\s)lab=(?:"([^"]*)"|'([^']*)'|(\S+))/;

/** Reads `lab="…"` out of a fence's meta; undefined when there is none. A name without an ending means the program itself. */
export function labReference(meta: string | null | undefined): LabReference | undefined {
  const match = pattern.exec(meta ?? '');
  if (!match || meta == null) return undefined;
  const [name = '', region] = (match[1] ?? match[2] ?? match[3] ?? '').split('#');
  return {
    file: path.extname(name) === '' ? `${name}.ts` : name,
    ...(region ? { region } : {}),
    rest: meta.replace(pattern, '').trim(),
  };
}

/** The languages a fence may name for a file's ending. */
const languages: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['ts', 'typescript'], '.mts': ['ts', 'typescript'], '.cts': ['ts', 'typescript'],
  '.js': ['js', 'javascript'], '.mjs': ['js', 'javascript'], '.cjs': ['js', 'javascript'],
  '.sql': ['sql'], '.yaml': ['yaml', 'yml'], '.yml': ['yaml', 'yml'], '.json': ['json'], '.sh': ['bash', 'sh'],
  '.lua': ['lua'], '.toml': ['toml'], '.cfg': ['text', 'ini'], '.ini': ['ini'], '.proto': ['proto', 'protobuf'],
}; // prettier-ignore

const comment = /^\s*(?:\/\/|--|#|\/\*|<!--|;)\s*#(?:end)?region\b/;

/**
 * The code that a fence shows.
 * @param folder absolute path of the guide's lab folder.
 * @param language the fence's language, which must be the file's.
 * @throws {Error} that says what is missing or wrong and what there is instead (without the fence's own place).
 */
export function labCode(folder: string, reference: LabReference, language: string): string {
  const file = path.join(folder, reference.file);
  if (!existsSync(file)) throw new Error(`There is no file ${path.relative(process.cwd(), file)}.`);
  const fitting = languages[path.extname(file)] ?? [
    path.basename(file).startsWith('Dockerfile') ? 'dockerfile' : '',
  ];
  if (!fitting.includes(language)) {
    throw new Error(
      `The fence says ${language || 'no language'}, but ${reference.file} is ${fitting[0] || 'of an unknown kind'}.`,
    );
  }
  const source = readFileSync(file, 'utf8');
  if (reference.region) return regionOf(source, reference.region, path.relative(process.cwd(), file));
  return dedent(source.split(/\r?\n/).filter((line) => !comment.test(line))).join('\n').trim(); // prettier-ignore
}
