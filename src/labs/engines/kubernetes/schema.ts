/**
 * Checks Kubernetes manifests strictly: unknown fields, wrong types, missing required fields.
 * The schema is the one that @kubernetes/client-node was generated from: its attribute maps give fields and types, its
 * type declarations tell which fields are required.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Something wrong with a manifest. */
export interface ManifestProblem {
  /** Where: `spec.template.spec.containers[0].readynessProbe`. */
  readonly path: string;
  readonly message: string;
}

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}
interface Model {
  readonly fields: ReadonlyMap<string, Attribute>;
  readonly required: readonly string[];
}

const root = path.resolve(
  path.dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
  'gen',
);

/** The Kubernetes release whose schema is used, such as `1.36`. */
export function schemaVersion(): string {
  const text = readFileSync(path.join(root, 'models', 'V1Pod.d.ts'), 'utf8');
  return /OpenAPI spec version: release-([\d.]+)/.exec(text)?.[1] ?? 'unknown';
}

const models = new Map<string, Model | undefined>();

async function loadModel(name: string): Promise<Model | undefined> {
  if (models.has(name)) return models.get(name);
  const file = path.join(root, 'models', `${name}.js`);
  let model: Model | undefined;
  if (existsSync(file)) {
    const loaded = (await import(pathToFileURL(file).href)) as Record<
      string,
      { attributeTypeMap?: readonly Attribute[] }
    >;
    const declared = readFileSync(file.replace(/\.js$/, '.d.ts'), 'utf8');
    model = {
      fields: new Map(
        (loaded[name]?.attributeTypeMap ?? []).map((attribute) => [attribute.baseName, attribute]),
      ),
      required: [...declared.matchAll(/^ {4}'([^']+)': /gm)].map((match) => match[1] ?? ''),
    };
  }
  models.set(name, model);
  return model;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Groups that the schema covers end in `.k8s.io` or have no dot; others are custom resources. */
const isBuiltIn = (apiVersion: string): boolean =>
  !apiVersion.includes('.') || /^[\w.-]+\.k8s\.io\//.test(apiVersion);

/** The API's file for `apps/v1` is AppsV1Api, for `networking.k8s.io/v1` NetworkingV1Api, for `v1` CoreV1Api. */
function apiFile(apiVersion: string): string {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  const name = group.replace(/\.k8s\.io$/, '').split('.').map(capital).join(''); // prettier-ignore
  return path.join(root, 'apis', `${name}${capital(version)}Api.d.ts`);
}

/** The model of a kind, by what the API takes to create one. */
function modelName(apiVersion: string, kind: string): string | undefined {
  const file = apiFile(apiVersion);
  if (!existsSync(file)) return undefined;
  const created = new RegExp(`\\bcreate(?:Namespaced)?${kind}\\((?:namespace: string, )?body: (\\w+)`).exec(
    readFileSync(file, 'utf8'),
  );
  return created?.[1];
}

/** Fields whose values are quantities, which may be written as numbers: `cpu: 2`. */
const quantities = new Set([
  'limits',
  'requests',
  'hard',
  'capacity',
  'overhead',
  'max',
  'min',
  'default',
  'defaultRequest',
  'allocatable',
]);

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

/** Edit distance of two words (Levenshtein 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The word most like this one, if any is within three edits. */
function alike(word: string, others: Iterable<string>): string | undefined {
  const near = [...others]
    .map((other) => ({ other, far: distance(word.toLowerCase(), other.toLowerCase()) }))
    .filter(({ far }) => far <= 3)
    .sort((a, b) => a.far - b.far);
  return near[0]?.other;
}

async function walk(value: unknown, type: string, at: string, field: string): Promise<ManifestProblem[]> {
  const wrong = (expected: string): ManifestProblem[] => [
    { path: at, message: `is ${typeName(value)}, but must be ${expected}` },
  ];
  if (value === null || value === undefined) return wrong('given, or left out');
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list) {
    if (!Array.isArray(value)) return wrong('a list');
    return (await Promise.all(value.map((item, index) => walk(item, list, `${at}[${index}]`, field)))).flat();
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map) {
    if (typeof value !== 'object' || Array.isArray(value)) return wrong('a map');
    return (
      await Promise.all(Object.entries(value).map(([key, item]) => walk(item, map, `${at}.${key}`, field)))
    ).flat();
  }
  switch (type) {
    case 'any':
    case 'object':
      return [];
    case 'IntOrString':
      return typeof value === 'string' || Number.isInteger(value) ? [] : wrong('a whole number or a string');
    case 'string':
      return typeof value === 'string' || (typeof value === 'number' && quantities.has(field))
        ? []
        : wrong('a string (quote it)');
    case 'Date':
    case 'V1MicroTime':
      return typeof value === 'string' || value instanceof Date ? [] : wrong('a time');
    case 'number':
    case 'boolean':
      return typeof value === type ? [] : wrong(`a ${type}`);
    default:
      return object(value, type, at);
  }
}

async function object(value: unknown, type: string, at: string): Promise<ManifestProblem[]> {
  const model = await loadModel(type);
  // A type without a map of its own, such as a JSON schema's free part.
  if (!model) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path: at, message: `is ${typeName(value)}, but must be a map` }];
  const join = (key: string): string => (at ? `${at}.${key}` : key);
  const missing = model.required
    .filter((key) => !(key in value))
    .map((key) => ({ path: join(key), message: 'is required' }));
  const inner = Object.entries(value).map(async ([key, item]): Promise<ManifestProblem[]> => {
    const attribute = model.fields.get(key);
    if (attribute) return walk(item, attribute.type, join(key), key);
    const near = alike(key, model.fields.keys());
    return [
      {
        path: join(key),
        message: `is no field of ${type.replace(/^V\d+((alpha|beta)\d+)?/, '')}${near ? `; did you mean ${near}?` : ''}`,
      },
    ];
  });
  return [...missing, ...(await Promise.all(inner)).flat()];
}

/** Whether a document is a Kubernetes manifest: it has `apiVersion` and `kind`. */
export const isManifest = (document: unknown): document is { apiVersion: string; kind: string } =>
  typeof document === 'object' && document !== null && 'apiVersion' in document && 'kind' in document &&
  typeof document.apiVersion === 'string' && typeof document.kind === 'string'; // prettier-ignore

/**
 * What is wrong with a manifest. A custom resource, whose schema is not known here, has nothing wrong;
 * kustomizations are checked by kustomize itself.
 */
export async function checkManifest(document: unknown): Promise<readonly ManifestProblem[]> {
  if (!isManifest(document)) return [{ path: '', message: 'has no apiVersion and kind' }];
  const { apiVersion, kind } = document;
  if (
    /^(kustomize\.config|.*\.x)\.k8s\.io\//.test(apiVersion) ||
    apiVersion.startsWith('gateway.networking.k8s.io/')
  )
    return [];
  if (!isBuiltIn(apiVersion)) return [];
  if (kind === 'List' && apiVersion === 'v1' && 'items' in document && Array.isArray(document.items)) {
    const inner = await Promise.all(document.items.map((item) => checkManifest(item)));
    return inner.flatMap((problems, index) =>
      problems.map(({ path: at, message }) => ({ path: `items[${index}].${at}`, message })),
    );
  }
  const name = modelName(apiVersion, kind);
  if (!name) return [{ path: 'kind', message: `is ${kind}, which ${apiVersion} does not have` }];
  return object(document, name, '');
}
