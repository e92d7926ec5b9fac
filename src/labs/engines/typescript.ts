/** The TypeScript compiler on pieces of source: what it says, and what comes out. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Engine } from './engine.ts';
import type TypeScript from 'typescript';

/** Something the compiler says. */
export interface Diagnostic {
  /** `TS2345` */
  readonly code: string;
  readonly message: string;
  /** The file it was given under. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What a lab gets as `typescript`. */
export interface TypeScriptCompiler {
  readonly version: string;
  /** Checks files given by name and source under `strict`, with Node's types and the project's packages at hand. */
  check(files: Readonly<Record<string, string>>, options?: TypeScript.CompilerOptions): readonly Diagnostic[];
  /** JavaScript without types. */
  transpile(source: string, options?: TypeScript.CompilerOptions): string;
}

/** Loads the compiler: half a second, so only when it is asked for. */
export const loadTypeScript = (): typeof TypeScript =>
  createRequire(import.meta.url)('typescript') as typeof TypeScript;

/**
 * Type-checks sources that exist only in memory.
 * @param files source by name; names are taken as files of `folder`, from where packages are resolved.
 */
export function checkSources(
  ts: typeof TypeScript,
  folder: string,
  files: Readonly<Record<string, string>>,
  options: TypeScript.CompilerOptions = {},
): readonly Diagnostic[] {
  const sources = new Map(
    Object.entries(files).map(([name, source]) => [path.resolve(folder, name), source]),
  );
  const all: TypeScript.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    allowImportingTsExtensions: true,
    allowJs: true,
    checkJs: true,
    noImplicitAny: true,
    skipLibCheck: true,
    ...options,
  };
  const host = ts.createCompilerHost(all);
  const disk = ts.createCompilerHost(all);
  host.getCurrentDirectory = () => folder;
  host.fileExists = (file) => sources.has(path.resolve(file)) || disk.fileExists(file);
  host.readFile = (file) => sources.get(path.resolve(file)) ?? disk.readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const source = sources.get(path.resolve(file));
    return source === undefined
      ? disk.getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, source, version, true);
  };
  const program = ts.createProgram([...sources.keys()], all, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file && sources.has(path.resolve(file.fileName)))
    .map(({ code, messageText, file, start }) => ({
      code: `TS${code}`,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
      file: path.relative(folder, file?.fileName ?? ''),
      line: file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 1,
    }));
}

/** TypeScript as an engine. */
export const typescript: Engine<() => Promise<TypeScriptCompiler>> = {
  label: 'TypeScript',
  tier: 1,
  missing: () => Promise.resolve(undefined),
  open: (host) => () => {
    const ts = loadTypeScript();
    host.used('TypeScript', ts.version);
    return Promise.resolve({
      version: ts.version,
      check: (files, options) => checkSources(ts, host.labFolder, files, options),
      transpile: (source, options = {}) =>
        ts.transpileModule(source, {
          compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, ...options },
        }).outputText,
    });
  },
};
