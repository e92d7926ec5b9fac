import { parseAllDocuments } from 'yaml';
import { lab } from '#labs/index.ts';
import { brokenRules, type Manifest } from './manifests/rules.ts';

export default lab({
  title: 'Manifests under two checks',
  claim:
    'A strict schema finds what Kubernetes would not understand, and only rules across files find what it would understand wrongly.',
  engines: ['kubernetes'],
  async run({ kubernetes, fact, holds }) {
    const k8s = await kubernetes();
    // #region check
    const rendered = await k8s.kustomize('manifests/production');
    const set = k8s.parse(rendered) as Manifest[];
    const problems = await k8s.check(rendered);
    const broken = brokenRules(set);
    // #endregion check
    fact(
      'rendered for production',
      set.map(({ kind }) => kind),
    );
    fact('problems in the rendered set', problems.length + broken.length);
    fact(
      'name of the configuration',
      set
        .find(({ kind }) => kind === 'ConfigMap')
        ?.metadata.name.replace(/-[a-z0-9]{10}$/, '-<hash of its content>') ?? '',
    );

    // #region planted
    const planted = [
      { mistake: 'readynessProbe', from: 'readinessProbe:', to: 'readynessProbe:' },
      { mistake: 'a number, not a string', from: 'POOL_SIZE: "6"', to: 'POOL_SIZE: 6' },
      { mistake: 'an old API version', from: 'autoscaling/v2', to: 'autoscaling/v2beta2' },
      {
        mistake: 'maxSurge misplaced',
        from: '    rollingUpdate:\n      maxSurge: 1\n',
        to: '    maxSurge: 1\n    rollingUpdate:\n',
      },
      {
        mistake: 'memory: 512m',
        from: 'memory: 512Mi\n          requests',
        to: 'memory: 512m\n          requests',
      },
      {
        mistake: 'Service selector',
        from: '  selector:\n    app: shop-api',
        to: '  selector:\n    app: shop_api',
      },
      { mistake: 'maxUnavailable: 0', from: '  maxUnavailable: 1', to: '  maxUnavailable: 0' },
      {
        mistake: 'liveness asks /readyz',
        from: 'failureThreshold: 6\n          httpGet:\n            path: /livez',
        to: 'failureThreshold: 6\n          httpGet:\n            path: /readyz',
      },
      { mistake: 'maxReplicas: 40', from: 'maxReplicas: 12', to: 'maxReplicas: 40' },
      {
        mistake: 'replicas: 3',
        from: 'spec:\n  minReadySeconds:',
        to: 'spec:\n  replicas: 3\n  minReadySeconds:',
      },
    ];
    // #endregion planted
    const rows = [];
    const messages = [];
    let unreadable = 0;
    for (const { mistake, from, to } of planted) {
      const text = rendered.replace(from, to);
      if (text === rendered) throw new Error(`The mistake is not planted: ${mistake}`);
      const documents = parseAllDocuments(text);
      if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) unreadable++;
      const found = await k8s.check(text);
      const parsed = k8s.parse(text) as Manifest[];
      const rules = brokenRules(parsed);
      rows.push([mistake, found.length > 0 ? 'refuses' : 'accepts', rules.length > 0 ? 'refuse' : 'accept']);
      messages.push(...found.map(({ path, message }) => `${path} ${message}`), ...rules.map((rule) => `rule: ${rule}`)); // prettier-ignore
    }
    fact('ten planted mistakes', {
      columns: ['mistake', 'strict schema', 'rules'],
      rows,
    });
    fact('mistakes that the YAML parser refuses', unreadable);
    fact(
      'mistakes that the schema alone would let through',
      rows.filter((row) => row[1] === 'accepts').length,
    );
    fact('what the checks say', messages.join('\n'));
    holds(
      'every mistake is found by one of the two',
      rows.every((row) => row[1] === 'refuses' || row[2] === 'refuse'),
    );
  },
});
