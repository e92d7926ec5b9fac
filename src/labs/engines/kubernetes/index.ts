/** Kubernetes without a cluster: strict checks of manifests, and what kustomize and helm render. */
import path from 'node:path';
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Engine, Host } from '../engine.ts';
import { EngineMissing } from '../engine.ts';
import { runToEnd } from '../program.ts';
import { checkManifest, schemaVersion, type ManifestProblem } from './schema.ts';
import { tool, toolsMissing } from './tools.ts';

export type { ManifestProblem };

/** What helm renders with. */
export interface HelmOptions {
  /** Name of the release; default `demo`. */
  readonly release?: string;
  /** Values files beside the lab, later ones win. */
  readonly values?: readonly string[];
  /** Single values: `{ 'image.tag': 'v2' }`. */
  readonly set?: Readonly<Record<string, string>>;
}

/** What a lab gets as `kubernetes`. */
export interface Kubernetes {
  /** The release whose schema is used, such as `1.36`. */
  readonly version: string;
  /** What is wrong with a manifest, given as an object or as YAML (of several documents): unknown fields, wrong types, missing fields. */
  check(manifest: string | object): Promise<readonly ManifestProblem[]>;
  /** The YAML that `kubectl kustomize` renders from a folder beside the lab. */
  kustomize(folder: string): Promise<string>;
  /** The YAML that `helm template` renders from a chart beside the lab. */
  helm(chart: string, options?: HelmOptions): Promise<string>;
  /** Documents of a YAML text. */
  parse(yaml: string): readonly unknown[];
}

async function render(host: Host, name: 'kubectl' | 'helm', args: readonly string[]): Promise<string> {
  const reason = toolsMissing();
  if (reason) throw new EngineMissing(`${name}: ${reason}`);
  const program = tool(name);
  const version = await runToEnd(host, program, {
    args: name === 'helm' ? ['version', '--short'] : ['version', '--client'],
  });
  host.used(name, /v(\d+\.\d+\.\d+)/.exec(version.stdout)?.[1] ?? 'unknown');
  // Both look for a home folder to keep caches in; the lab's own goes away with it.
  const home = await host.folder();
  const run = await runToEnd(host, program, {
    args,
    env: { HOME: home, KUBECONFIG: path.join(home, 'none') },
  });
  if (run.code !== 0) throw new Error(`${name} ${args.join(' ')} failed:\n${run.stderr}`);
  return run.stdout;
}

// Loaded when it is used, like everything large: each lab has a process of its own.
const yamlLibrary = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

const parse = (yaml: string): readonly unknown[] =>
  yamlLibrary()
    .parseAllDocuments(yaml)
    .map((document): unknown => {
      const [error] = 'errors' in document ? document.errors : [];
      if (error) throw new SyntaxError(error.message);
      return document.toJS() as unknown;
    });

/** Kubernetes as an engine. */
export const kubernetes: Engine<() => Promise<Kubernetes>> = {
  label: 'Kubernetes',
  tier: 1,
  missing: () => Promise.resolve(undefined),
  open: (host) => () => {
    const version = schemaVersion();
    host.used('Kubernetes schema', version);
    return Promise.resolve({
      version,
      parse,
      async check(manifest) {
        const documents =
          typeof manifest === 'string' ? parse(manifest).filter((document) => document !== null) : [manifest];
        return (await Promise.all(documents.map((document) => checkManifest(document)))).flat();
      },
      kustomize: (folder) => render(host, 'kubectl', ['kustomize', path.resolve(host.labFolder, folder)]),
      helm: (chart, { release = 'demo', values = [], set = {} } = {}) =>
        render(host, 'helm', [
          'template', release, path.resolve(host.labFolder, chart),
          ...values.flatMap((file) => ['--values', path.resolve(host.labFolder, file)]),
          ...Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
        ]), // prettier-ignore
    });
  },
};
