/** The compiler in two ways: everything as one program, and `tsc -b` over project references. */
import path from 'node:path';
import ts from 'typescript';

/** Files of packages and of the compiler's library, parsed once and used by every program here: they never change. */
const library = new Map<string, ts.SourceFile>();
const shared = new WeakSet<ts.CompilerHost>();

/** Makes a host take the files of packages from `library`. */
function shareLibrary(host: ts.CompilerHost): ts.CompilerHost {
  if (shared.has(host)) return host;
  shared.add(host);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    if (!name.includes('/node_modules/')) return parse(name, ...rest);
    const file = library.get(name) ?? parse(name, ...rest);
    if (file) library.set(name, file);
    return file;
  };
  return host;
}

/**
 * Type-checks a copy of the shop as one program, again and again; looks only at what a change can reach.
 * @param modules the folders below `src`; default all.
 */
export function oneProgram(root: string, modules: readonly string[] = ['*']): () => string[] {
  const base = path.join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(base, (file) => ts.sys.readFile(file)) as { config: object };
  let last: ts.SemanticDiagnosticsBuilderProgram | undefined;
  return () => {
    const { options, fileNames } = ts.parseJsonConfigFileContent(
      { ...config, include: modules.map((name) => `src/${name}/*.ts`) },
      ts.sys,
      root,
      { composite: false, emitDeclarationOnly: false, noEmit: true, types: ['node'] },
    );
    const host = shareLibrary(ts.createIncrementalCompilerHost(options));
    last = ts.createSemanticDiagnosticsBuilderProgram(fileNames, options, host, last);
    return codes([...last.getSyntacticDiagnostics(), ...last.getSemanticDiagnostics()]);
  };
}

/** What `tsc -b` did: which projects it compiled, in order, and the errors it ended with. */
export interface Built {
  readonly projects: string[];
  readonly errors: string[];
}

/**
 * Runs `tsc -b` in a copy of the shop.
 * @param project the folder below `src` of the project that is wanted; default all.
 */
export function build(root: string, project?: string): Built {
  const projects: string[] = [];
  const diagnostics: ts.Diagnostic[] = [];
  const host = ts.createSolutionBuilderHost(
    ts.sys,
    (names, options, given, ...rest) =>
      ts.createEmitAndSemanticDiagnosticsBuilderProgram(
        names,
        options,
        given && shareLibrary(given),
        ...rest,
      ),
    (diagnostic) => diagnostics.push(diagnostic),
    ({ code, messageText }) => {
      // 6358 is “Building project '…'”, as `tsc -b --verbose` prints it.
      if (code === 6358) projects.push(path.basename(path.dirname(text(messageText).split("'")[1] ?? '')));
    },
  );
  const folder = project === undefined ? root : path.join(root, 'src', project);
  ts.createSolutionBuilder(host, [folder], { verbose: true }).build();
  const errors = codes(diagnostics);
  // An undeclared reference drags foreign files in, which then fail in ways of their own; TS6307 is the one that says so.
  return { projects, errors: errors.includes('TS6307') ? ['TS6307'] : errors };
}

const text = (message: string | ts.DiagnosticMessageChain): string =>
  ts.flattenDiagnosticMessageText(message, '\n');

/** `TS6307` and the like, each once. */
const codes = (diagnostics: readonly ts.Diagnostic[]): string[] =>
  [...new Set(diagnostics.map(({ code }) => `TS${code}`))].sort();
