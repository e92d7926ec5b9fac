/** What a schema cannot see: whether the manifests of one service agree with each other. */

/** The parts of a manifest that the rules read. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Spec;
  readonly data?: Readonly<Record<string, string>>;
}
interface Spec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly strategy?: { readonly rollingUpdate?: { readonly maxSurge?: number } };
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
  readonly scaleTargetRef?: { readonly name: string };
  readonly selector?: Record<string, unknown>;
  readonly template?: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: Pod };
}
interface Pod {
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly Container[];
}
interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
}
interface Container {
  readonly image: string;
  readonly ports?: readonly { readonly name: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
  readonly resources?: {
    readonly requests?: Record<string, string>;
    readonly limits?: Record<string, string>;
  };
}

/** A rule: its wording, and whether a set of manifests keeps it. */
type Rule = readonly [wording: string, keeps: (set: {
  deployment: Manifest & { spec: Spec };
  pod: Pod;
  container: Container;
  service: Spec;
  autoscaler: Spec;
  budget: Spec;
  settings: Readonly<Record<string, string>>;
}) => boolean]; // prettier-ignore

const matches = (
  labels: Record<string, string> | undefined,
  selector: Record<string, unknown> = {},
): boolean => Object.entries(selector).every(([key, value]) => labels?.[key] === value);

const rules: readonly Rule[] = [
  [
    'the Service selects the pods',
    ({ deployment, service }) => matches(deployment.spec.template?.metadata.labels, service.selector),
  ],
  [
    'the autoscaler finds its Deployment, which sets no replicas',
    ({ deployment, autoscaler }) =>
      autoscaler.scaleTargetRef?.name === deployment.metadata.name && deployment.spec.replicas === undefined,
  ],
  // #region rules
  [
    'a node can be drained: one pod may always be evicted',
    ({ budget, autoscaler }) =>
      budget.maxUnavailable !== undefined
        ? budget.maxUnavailable !== 0
        : Number(budget.minAvailable) < (autoscaler.minReplicas ?? 1),
  ],
  [
    'all pools together fit the database: 97 of 100 connections',
    ({ deployment: { spec }, pod, autoscaler, settings }) => {
      const surge = spec.strategy?.rollingUpdate?.maxSurge ?? 0;
      // Pods that are ending are not counted by the Deployment, and still hold their connections.
      const ending =
        surge * Math.ceil((pod.terminationGracePeriodSeconds ?? 30) / (spec.minReadySeconds ?? 0));
      return ((autoscaler.maxReplicas ?? 0) + surge + ending) * Number(settings['POOL_SIZE']) <= 97;
    },
  ],
  [
    'each probe asks a port that has a name',
    ({ container }) =>
      [container.startupProbe, container.livenessProbe, container.readinessProbe].every((probe) =>
        container.ports?.some(({ name }) => name === probe?.httpGet?.port),
      ),
  ],
  [
    'liveness and readiness ask different questions',
    ({ container }) => container.livenessProbe?.httpGet?.path !== container.readinessProbe?.httpGet?.path,
  ],
  // #endregion rules
  [
    'memory in Mi, its limit equal to its request',
    ({ container: { resources } }) =>
      /^\d+Mi$/.test(resources?.limits?.['memory'] ?? '') &&
      resources?.limits?.['memory'] === resources?.requests?.['memory'],
  ],
  ['an image by its digest', ({ container }) => /@sha256:[0-9a-f]{64}$/.test(container.image)],
];

/** The wordings of the rules that a set of one service's manifests breaks. */
export function brokenRules(set: readonly Manifest[]): string[] {
  const find = (kind: string): Manifest & { spec: Spec } => {
    const found = set.find((manifest) => manifest.kind === kind);
    if (!found?.spec) throw new Error(`The set has no ${kind} with a spec.`);
    return { ...found, spec: found.spec };
  };
  const deployment = find('Deployment');
  const pod = deployment.spec.template?.spec;
  const container = pod?.containers[0];
  if (!pod || !container) throw new Error('The Deployment has no container.');
  const given = {
    deployment, pod, container,
    service: find('Service').spec,
    autoscaler: find('HorizontalPodAutoscaler').spec,
    budget: find('PodDisruptionBudget').spec,
    settings: set.find(({ kind }) => kind === 'ConfigMap')?.data ?? {},
  }; // prettier-ignore
  return rules.filter(([, keeps]) => !keeps(given)).map(([wording]) => wording);
}
