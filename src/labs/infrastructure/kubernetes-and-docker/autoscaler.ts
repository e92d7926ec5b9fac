import { lab } from '#labs/index.ts';
import { decide, desiredReplicas, simulate, type Scenario } from './autoscaler/model.ts';

export default lab({
  title: 'The autoscaler, worked and simulated',
  claim:
    'The formula is one division; what decides an incident is what the metric can see and how long a pod takes to start.',
  engines: ['kubernetes'],
  async run({ kubernetes, fact, holds, series }) {
    // #region worked
    const worked = [
      { what: '5 pods at 90 % of the request', current: 5, value: 90, target: 70 },
      { what: '5 pods at 76 %, within the tolerance', current: 5, value: 76, target: 70 },
      { what: '5 pods at 78 %, outside it', current: 5, value: 78, target: 70 },
      { what: '3 pods at 200 %, one full core each', current: 3, value: 200, target: 70 },
      { what: '12 pods at 20 %', current: 12, value: 20, target: 70 },
      { what: '3 pods at 300 requests a second each, wanted 80', current: 3, value: 300, target: 80 },
    ];
    // #endregion worked
    fact('the formula, six times', {
      columns: ['computed', 'desired', 'case'],
      rows: worked.map(({ what, current, value, target }) => [
        `${current} × ${value} ÷ ${target} = ${((current * value) / target).toFixed(1)}`,
        desiredReplicas(current, value, target),
        what,
      ]),
    });
    fact('two metrics that ask for 4 and 9, at most 8', decide([4, 9], 3, 8));

    // #region scenario
    const base: Scenario = {
      arriving: (second) => (second >= 300 && second < 900 ? 1_200 : 200),
      perPod: 125, // 8 ms of one core for a request
      start: 30,
      min: 3,
      max: 12,
      metric: 'cpu',
      target: 70,
      request: 0.5,
      seconds: 1_500,
    };
    const scenarios: Record<string, Scenario> = {
      'CPU 70 %': base,
      'CPU, start 90 s': { ...base, start: 90 },
      'CPU, full core': { ...base, request: 1, min: 5 }, // as many pods before as the others
      '80 requests/s': { ...base, metric: 'requests', target: 80, min: 5 },
      'CPU, min. 8': { ...base, min: 8 },
    };
    // #endregion scenario
    const runs = Object.entries(scenarios).map(([name, scenario]) => ({ name, moments: simulate(scenario) }));
    const rows = runs.map(({ name, moments }) => {
      const enough = moments.find(({ second, ready }) => second >= 300 && ready * base.perPod >= 1_200);
      return [
        name,
        moments.findLast(({ second }) => second === 299)?.ready ?? 0,
        enough ? enough.second - 300 : 'never',
        Math.max(...moments.map(({ waiting }) => waiting)),
        Math.round(moments.reduce((sum, { ready }) => sum + ready, 0) / 60),
      ];
    });
    fact('simulated: from 200 to 1,200 requests a second', {
      columns: ['autoscaler', 'pods before', 'enough after, s', 'most waiting', 'pod-minutes'],
      rows,
    }); // prettier-ignore
    const row = (name: string) => rows.find(([first]) => first === name) ?? [];
    fact('simulated: seconds until enough pods, CPU at 70 %', row('CPU 70 %')[2] ?? '', 's');
    fact('simulated: seconds until enough pods, pods start in 90 s', row('CPU, start 90 s')[2] ?? '', 's');
    fact('simulated: seconds until enough pods, request of a full core', row('CPU, full core')[2] ?? '', 's');
    fact('simulated: most waiting, CPU at 70 %', row('CPU 70 %')[3] ?? '', 'requests');
    fact('simulated: most waiting, at least 8 pods', row('CPU, min. 8')[3] ?? '', 'requests');
    series('Simulated: ready pods after the step', {
      x: 'time since the step', xUnit: 's', y: 'ready pods', exact: true,
      points: Object.fromEntries(
        runs.filter((_, index) => index < 3).map(({ name, moments }) => [
          name,
          moments.filter(({ second }) => second % 15 === 0 && second >= 270 && second <= 600).map(({ second, ready }) => [second - 300, ready] as const),
        ]),
      ),
    }); // prettier-ignore
    const down = runs[0]?.moments.findLast(({ second, wanted }) => second >= 900 && wanted > 5);
    fact('seconds from the end of the peak to the first pod fewer', (down?.second ?? 0) + 1 - 900);

    const k8s = await kubernetes();
    const rendered = k8s.parse(await k8s.kustomize('manifests/production')) as { kind: string; spec?: { minReplicas?: number; maxReplicas?: number } }[]; // prettier-ignore
    const spec = rendered.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec;
    holds('the model has the bounds of the manifest', spec?.minReplicas === base.min && spec.maxReplicas === base.max); // prettier-ignore
  },
});
