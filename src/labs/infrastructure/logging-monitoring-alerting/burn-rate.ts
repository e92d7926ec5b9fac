import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { lab } from '#labs/index.ts';
import { firing, type Rules, type Stretch } from './burn-rate/promtool.ts';

const file = (name: string): string => readFileSync(new URL(`./burn-rate/${name}`, import.meta.url), 'utf8');
const rules = file('rules.yaml');
const { groups } = parse(rules) as Rules;
const pages: Rules = { groups: groups.filter(({ name }) => name === 'checkout-pages') };

const alerts = ['OverOnePercent', 'FastBurn', 'SlowBurn', 'LongWindowOnly'];
const hour = 60;

export default lab({
  title: 'Two windows and a burn rate, tested minute by minute',
  claim:
    'Burn-rate alerts page sooner the faster the error budget burns, stay quiet for a short blip, and fall silent minutes after recovery.',
  engines: ['prometheus'],
  async run({ prometheus, fact, holds, series }) {
    const promtool = await prometheus();
    const test = parse(file('fast-burn.test.yaml')) as object;
    const unit = await promtool.testRules(rules, test);
    const typo = await promtool.testRules(rules.replaceAll('14.4', '144'), test);
    fact('the unit test of the rules', unit.ok ? 'passes' : 'fails');
    fact('the same test with 144 typed for 14.4', typo.ok ? 'passes' : 'fails');

    // #region incidents
    const calm: Stretch = [6 * hour, 0];
    const incidents: Record<string, readonly Stretch[]> = {
      '100 % fail': [[hour, 1]],
      '10 % fail': [[hour, 0.1]],
      '2 % fail': [[2 * hour, 0.02]],
      '0.8 % fail': [[5 * hour, 0.008]],
      '5 %, 10 min': [
        [10, 0.05],
        [2 * hour, 0],
      ],
      '0.05 % fail': [[7 * hour, 0.0005]],
    };
    // #endregion incidents
    const first: Record<string, Record<string, number | undefined>> = {};
    for (const [name, stretches] of Object.entries(incidents)) {
      const seen = await firing(promtool, pages, alerts, [calm, ...stretches]);
      first[name] = Object.fromEntries(alerts.map((alert) => [alert, seen[alert]?.[0]]));
    }
    fact('minutes to the page, by rule', {
      columns: ['incident', '> 1 %', 'Fast', 'Slow'],
      rows: Object.entries(first).map(([name, at]) => [
        name,
        at['OverOnePercent'] ?? 'never',
        at['FastBurn'] ?? 'never',
        at['SlowBurn'] ?? 'never',
      ]),
    });
    fact('minutes to page when all fail', first['100 % fail']?.['FastBurn'] ?? null, 'min');
    fact('minutes to page at 2 %', first['2 % fail']?.['FastBurn'] ?? null, 'min');
    fact('minutes to page at 0.8 %', first['0.8 % fail']?.['SlowBurn'] ?? null, 'min');
    const blip = first['5 %, 10 min'];
    holds(
      'ten minutes of 5 % errors page by the threshold rule and by no burn rate',
      blip?.['OverOnePercent'] !== undefined && !blip['FastBurn'] && !blip['SlowBurn'],
    );

    const leak = await firing(
      promtool,
      { groups },
      ['Leak'],
      [
        [72 * hour, 0],
        [36 * hour, 0.003],
      ],
      10,
    );
    fact('hours to a ticket at 0.3 %', Math.floor((leak['Leak']?.[0] ?? Number.NaN) / hour), 'h');

    // #region recovery
    const outage: readonly Stretch[] = [
      [30, 1],
      [2 * hour, 0],
    ];
    const seen = await firing(promtool, pages, alerts, [calm, ...outage]);
    const stillFiring = (alert: string): number => (seen[alert]?.at(-1) ?? 0) - 30;
    fact('minutes to the page in a 30 minute outage', seen['FastBurn']?.[0] ?? null);
    fact('minutes to it with the hour alone', seen['LongWindowOnly']?.[0] ?? null);
    fact('minutes the page goes on after a 30 minute outage', stillFiring('FastBurn'), 'min');
    fact('minutes it would go on without the short window', stillFiring('LongWindowOnly'), 'min');
    // #endregion recovery

    const points: [number, number][] = [];
    for (const share of [2, 3, 5, 10, 20, 50, 100]) {
      const at = await firing(
        promtool,
        pages,
        ['FastBurn'],
        [
          [2 * hour, 0],
          [hour, share / 100],
        ],
      );
      points.push([share, at['FastBurn']?.[0] ?? 0]);
    }
    series('Minutes until FastBurn pages', {
      x: 'requests that fail',
      xUnit: '%',
      y: 'time to page',
      unit: 'min',
      kind: 'bar',
      exact: true,
      points,
    });
  },
});
