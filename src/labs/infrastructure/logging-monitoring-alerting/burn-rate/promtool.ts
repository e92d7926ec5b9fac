/** Asks `promtool test rules` when alerts fire: a test that expects silence reports every moment that is not silent. */
import type { LabContext } from '#labs/index.ts';

type Promtool = Awaited<ReturnType<LabContext['prometheus']>>;

/** So many minutes in which this share of 6,000 requests a minute fails. */
export type Stretch = readonly [minutes: number, share: number];

/** A file of rules, as far as the test needs to know it. */
export interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
}

const requests = 6000;

/** A counter in promtool's notation, one sample per `every` minutes; each stretch goes on from where the last one ended. */
function counter(stretches: readonly Stretch[], every: number, perMinute: (share: number) => number): string {
  let total = 0;
  const parts = ['0'];
  for (const [minutes, share] of stretches) {
    const step = Math.round(perMinute(share) * every);
    const samples = minutes / every;
    parts.push(`${total + step}+${step}x${samples - 1}`);
    total += step * samples;
  }
  return parts.join(' ');
}

/** `3d2h1m` in minutes. */
function inMinutes(duration: string): number {
  const factor: Record<string, number> = { d: 1440, h: 60, m: 1, s: 1 / 60 };
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (factor[unit ?? ''] ?? 0),
    0,
  );
}

/** The minutes between `from` and `to` in which each alert fires on these series. */
export async function firingOn(
  promtool: Promtool,
  rules: Rules,
  alerts: readonly string[],
  inputs: readonly { readonly series: string; readonly values: string }[],
  { from = 0, to, every = 1 }: { readonly from?: number; readonly to: number; readonly every?: number },
): Promise<Record<string, readonly number[]>> {
  const { output } = await promtool.testRules(rules, {
    evaluation_interval: `${every}m`,
    // Otherwise the order is random, and an alert may look for a recorded ratio before its group has written it.
    group_eval_order: rules.groups.map(({ name }) => name),
    tests: [
      {
        interval: `${every}m`,
        input_series: inputs,
        alert_rule_test: alerts.flatMap((alertname) =>
          Array.from({ length: (to - from) / every }, (_, n) => ({
            alertname,
            eval_time: `${from + (n + 1) * every}m`,
            exp_alerts: [],
          })),
        ),
      },
    ],
  });
  const seen = [...output.matchAll(/alertname: (\w+), time: (\w+),/g)];
  if (seen.length === 0 && !output.includes('SUCCESS')) throw new Error(output);
  return Object.fromEntries(
    alerts.map((alert) => [
      alert,
      seen.filter(([, name]) => name === alert).map(([, , time]) => inMinutes(time ?? '')),
    ]),
  );
}

/**
 * The minutes in which each alert fires, counted from the start of the second stretch; the first is the calm before.
 * @param every minutes between two samples and two evaluations.
 */
export async function firing(
  promtool: Promtool,
  rules: Rules,
  alerts: readonly string[],
  stretches: readonly [Stretch, ...Stretch[]],
  every = 1,
): Promise<Record<string, readonly number[]>> {
  const [[calm]] = stretches;
  const series = (
    code: string,
    perMinute: (share: number) => number,
  ): { series: string; values: string } => ({
    series: `http_requests_total{job="checkout", code="${code}"}`,
    values: counter(stretches, every, perMinute),
  });
  const inputs = [
    series('200', (share) => requests * (1 - share)),
    series('500', (share) => requests * share),
  ];
  const to = stretches.reduce((sum, [minutes]) => sum + minutes, 0);
  const seen = await firingOn(promtool, rules, alerts, inputs, { from: calm, to, every });
  return Object.fromEntries(
    Object.entries(seen).map(([alert, minutes]) => [alert, minutes.map((minute) => minute - calm)]),
  );
}
