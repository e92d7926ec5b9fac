import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkManifest, schemaVersion } from './schema.ts';

const problems = async (yaml: string): Promise<string[]> =>
  (await checkManifest(parse(yaml))).map(({ path, message }) => `${path} ${message}`);

test('the schema is of a known release', () => {
  expect(schemaVersion()).toMatch(/^1\.\d+$/);
});

test.each([
  ['a Service', 'apiVersion: v1\nkind: Service\nmetadata: { name: api }\nspec: { selector: { app: api }, ports: [{ port: 80, targetPort: http }] }'],
  ['an autoscaler', 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: api }\nspec: { maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api } }'],
  ['a budget', 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: api }\nspec: { minAvailable: 50%, selector: { matchLabels: { app: api } } }'],
  ['a policy', 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: api }\nspec: { podSelector: {}, policyTypes: [Ingress] }'],
  ['a role', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: r }\nrules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]'],
  ['a cluster-wide kind', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }'],
  ['quantities as numbers', 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, resources: { limits: { cpu: 2 } } }] }'],
  ['a custom resource', 'apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nanything: goes'],
  ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []'],
])('%s is fine', async (_, yaml) => {
  expect(await problems(yaml)).toEqual([]);
}); // prettier-ignore

test.each([
  ['a typo', 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: c, imagePullPolcy: Always }] }', 'spec.containers[0].imagePullPolcy is no field of Container; did you mean imagePullPolicy?'],
  ['a wrong type', 'apiVersion: apps/v1\nkind: Deployment\nspec: { replicas: "3", selector: {}, template: {} }', 'spec.replicas is string, but must be a number'],
  ['an unquoted annotation', 'apiVersion: v1\nkind: Pod\nmetadata: { annotations: { port: 8080 } }', 'metadata.annotations.port is number, but must be a string (quote it)'],
  ['a missing field', 'apiVersion: apps/v1\nkind: Deployment\nspec: { template: {} }', 'spec.selector is required'],
  ['a kind of another group', 'apiVersion: v1\nkind: Deployment', 'kind is Deployment, which v1 does not have'],
  ['a version that is gone', 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget', 'kind is PodDisruptionBudget, which policy/v1beta1 does not have'],
  ['a list where a map belongs', 'apiVersion: v1\nkind: Pod\nspec: [1]', 'spec is list, but must be a map'],
  ['an empty value', 'apiVersion: v1\nkind: Pod\nspec:', 'spec is null, but must be given, or left out'],
  ['an item of a List', 'apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: Pod, spce: {} }]', 'items[0].spce is no field of Pod; did you mean spec?'],
])('%s is found', async (_, yaml, problem) => {
  expect(await problems(yaml)).toEqual([problem]);
}); // prettier-ignore
