/** Compares two OpenAPI documents and classifies each difference by rule. Knows what this lab's documents use. */

/** Which way the data flows: clients write requests, servers write responses. */
export type Side = 'request' | 'response';
export type Verdict = 'compatible' | 'risky' | 'breaking';

// #region rules
/** The same difference, judged by who has to read it: an old client's request, or a new server's response. */
export const rules = {
  'optional field added': { request: 'compatible', response: 'compatible' },
  'required field added': { request: 'breaking', response: 'compatible' },
  'field removed': { request: 'breaking', response: 'breaking' },
  'now required': { request: 'breaking', response: 'compatible' },
  'now optional': { request: 'compatible', response: 'breaking' },
  'value added': { request: 'compatible', response: 'risky' },
  'value removed': { request: 'breaking', response: 'compatible' },
  'type changed': { request: 'breaking', response: 'breaking' },
  'limit lowered': { request: 'breaking', response: 'compatible' },
  'limit raised': { request: 'compatible', response: 'risky' },
} as const satisfies Record<string, Record<Side, Verdict>>;
// #endregion rules

export type Change = keyof typeof rules;

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
export interface Finding {
  readonly where: string;
  readonly side: Side | 'operation';
  readonly change: Change | 'operation added' | 'operation removed';
  readonly verdict: Verdict;
}

// #region walk
/** Every difference between two schemas, with the path of the field it stands at. */
export function differences(old: Schema, next: Schema, at = ''): [string, Change][] {
  const found: [string, Change][] = [];
  if (old.type !== next.type) found.push([at, 'type changed']);
  if (next.enum?.some((value) => !old.enum?.includes(value))) found.push([at, 'value added']);
  if (old.enum?.some((value) => !next.enum?.includes(value))) found.push([at, 'value removed']);
  const [before, after] = [old.maxLength ?? Infinity, next.maxLength ?? Infinity];
  if (after !== before) found.push([at, after < before ? 'limit lowered' : 'limit raised']);
  for (const name of new Set([...Object.keys(old.properties ?? {}), ...Object.keys(next.properties ?? {})])) {
    const [was, is] = [old.properties?.[name], next.properties?.[name]];
    const [had, has] = [old.required?.includes(name) ?? false, next.required?.includes(name) ?? false];
    const field = at ? `${at}.${name}` : name;
    if (!is) found.push([field, 'field removed']);
    else if (!was) found.push([field, has ? 'required field added' : 'optional field added']);
    else {
      if (had !== has) found.push([field, has ? 'now required' : 'now optional']);
      found.push(...differences(was, is, field));
    }
  }
  return found;
}
// #endregion walk

/** Query parameters as one object schema: to a server they are fields of the request. */
const query = (operation: Operation): Schema => ({
  type: 'object',
  required: (operation.parameters ?? []).filter(({ required }) => required).map(({ name }) => name),
  properties: Object.fromEntries((operation.parameters ?? []).map(({ name, schema }) => [name, schema])),
});
const json = (body?: Body): Schema => body?.content?.['application/json']?.schema ?? {};

/** All differences of two documents, in the documents' order. */
export function classify(old: Document, next: Document): Finding[] {
  const operations = (document: Document): Map<string, Operation> =>
    new Map(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
      ),
    );
  const [before, after] = [operations(old), operations(next)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): Finding[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (!is) return [{ where: name, side: 'operation', change: 'operation removed', verdict: 'breaking' }];
    if (!was) return [{ where: name, side: 'operation', change: 'operation added', verdict: 'compatible' }];
    const of = (side: Side, a: Schema, b: Schema): Finding[] =>
      differences(a, b).map(([where, change]) => ({ where, side, change, verdict: rules[change][side] }));
    return [
      ...of('request', query(was), query(is)),
      ...of('request', json(was.requestBody), json(is.requestBody)),
      ...Object.keys(was.responses).flatMap((code) =>
        of('response', json(was.responses[code]), json(is.responses[code])),
      ),
    ];
  });
}
