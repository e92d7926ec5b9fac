import { lab } from '#labs/index.ts';
import { firingOn, type Rules } from './burn-rate/promtool.ts';

const rule = (alert: string, expr: string, wait = '0m'): Rules => ({
  groups: [{ name: 'checkout', rules: [{ alert, expr, for: wait }] }],
});
const series = (name: string, values: string): { series: string; values: string } => ({
  series: name,
  values,
});

const ok = 'http_requests_total{job="checkout", code="200"}';
const failed = 'http_requests_total{job="checkout", code="500"}';

// #region rules
const ratio = (bad: string): string =>
  `sum(rate(${bad}[5m])) / sum(rate(http_requests_total{job="checkout"}[5m])) > 0.0144`;
const overBudget = rule('Errors', ratio('http_requests_total{job="checkout", code=~"5.."}'));
const wrongLabel = rule('Errors', ratio('http_requests_total{job="checkout", status=~"5.."}'));
const refunds = rule('Refunds', 'increase(refund_failures_total[10m]) > 0');
const slow = (bound: string): Rules =>
  rule(
    'Slow',
    `1 - sum(rate(http_request_duration_seconds_bucket{le="${bound}"}[5m]))
       / sum(rate(http_request_duration_seconds_count[5m])) > 0.0144`,
  );
const gone = rule('Gone', 'absent(up{job="checkout"} == 1)', '2m');
const lastHour = (guard: string): Rules =>
  rule(
    'Night',
    `sum(increase(http_requests_total{job="checkout", code=~"5.."}[1h]))
       / sum(increase(http_requests_total{job="checkout"}[1h])) > 0.0144 ${guard}`,
  );
// #endregion rules
const balancer = rule('Errors', ratio('http_requests_total{job="checkout", code=~"5.."}').replaceAll('checkout', 'balancer')); // prettier-ignore

export default lab({
  title: 'Six ways in which an alert says nothing, or too much',
  claim:
    'A wrong label, a bucket that does not exist, a counter born with its first error and a target that vanished leave an alert silent, and one failed request at night fires it.',
  engines: ['prometheus'],
  async run({ prometheus, fact }) {
    const promtool = await prometheus();
    const fires = async (
      rules: Rules,
      inputs: readonly { series: string; values: string }[],
      from = 0,
    ): Promise<string> => {
      const seen = await firingOn(promtool, rules, ['Errors', 'Refunds', 'Gone', 'Night', 'Slow'], inputs, {
        from,
        to: 90,
      });
      return Object.values(seen).some((minutes) => minutes.length > 0) ? 'fires' : 'silent';
    };

    const failing = [series(ok, '0+950x90'), series(failed, '0+50x90')];
    // 5 % take between 250 and 500 ms; these are the bounds that prom-client sets by default.
    const late = [
      series('http_request_duration_seconds_bucket{le="0.25"}', '0+950x90'),
      series('http_request_duration_seconds_bucket{le="0.5"}', '0+1000x90'),
      series('http_request_duration_seconds_count', '0+1000x90'),
    ];
    // #region vanish
    // From minute 30 on nothing is scraped: every series of the target ends, and up is 0.
    const vanished = [
      series(ok, '0+1000x29 stale'),
      series(failed, '0+0x29 stale'),
      series('up{job="checkout", instance="a"}', '1x29 0x60'),
    ];
    // #endregion vanish
    const removed = [series(ok, '0+1000x29 stale'), series('up{job="checkout", instance="a"}', '1x29 stale')];
    const oneOfThree = [...vanished, ...['b', 'c'].map((pod) => series(`up{job="checkout", instance="${pod}"}`, '1x90'))]; // prettier-ignore
    const atBalancer = [
      series('http_requests_total{job="balancer", code="200"}', '0+1000x29 29000x60'),
      series('http_requests_total{job="balancer", code="503"}', '0x29 1000+1000x60'),
    ];
    const born = [series('refund_failures_total', '_x29 7x60')];
    const initialised = [series('refund_failures_total', '0x29 7x60')];
    const night = [series(ok, '0x30 1x14 2x14 3x30'), series(failed, '0x40 1x49')];

    const guard = 'and sum(increase(http_requests_total{job="checkout", code=~"5.."}[1h])) >= 10';
    const check = await promtool.checkRules(wrongLabel);
    fact('promtool check of the rule with a label that does not exist', check.ok ? 'SUCCESS' : 'FAILED');
    fact('does the alert fire?', {
      columns: ['alert', 'what happens', 'rule'],
      rows: [
        [await fires(overBudget, failing), '5 % fail', 'code=~"5.."'],
        [await fires(wrongLabel, failing), '5 % fail', 'status=~"5.."'],
        [await fires(slow('0.25'), late), '5 % over 250 ms', 'le="0.25"'],
        [await fires(slow('0.3'), late), '5 % over 250 ms', 'le="0.3"'],
        [await fires(refunds, born), '7 refunds fail, counter born at 7', 'increase > 0'],
        [await fires(refunds, initialised), '7 refunds fail, counter was 0', 'increase > 0'],
        [await fires(overBudget, vanished), 'service down', 'code=~"5.."'],
        [await fires(balancer, atBalancer), 'service down', 'at the load balancer'],
        [await fires(gone, vanished), 'service down', 'absent(up == 1)'],
        [await fires(gone, oneOfThree), '1 of 3 pods down', 'absent(up == 1)'],
        [await fires(gone, removed), 'target removed', 'absent(up == 1)'],
        [await fires(lastHour(''), night), '1 of 4 fails in an hour', 'share'],
        [await fires(lastHour(guard), night), '1 of 4 fails in an hour', 'share, 10 failures'],
      ],
    });
  },
});
