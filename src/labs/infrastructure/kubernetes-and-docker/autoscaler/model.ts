/**
 * The rules of the HorizontalPodAutoscaler, as its documentation states them, over a model of a service.
 * Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/ (algorithm, tolerance,
 * default behaviour). A simulation: no Kubernetes takes part.
 */

// #region formula
/**
 * Replicas that one metric asks for: ceil(current × value ÷ target), unless the ratio is within 10 % of 1.
 * @param value average of the metric over the pods that are ready, in the target's unit.
 */
export function desiredReplicas(current: number, value: number, target: number): number {
  const ratio = value / target;
  return Math.abs(ratio - 1) <= 0.1 ? current : Math.ceil(current * ratio);
}

/** Several metrics: the largest wins. Then the bounds. */
export const decide = (wishes: readonly number[], min: number, max: number): number =>
  Math.min(max, Math.max(min, ...wishes));
// #endregion formula

/** What is simulated. */
export interface Scenario {
  /** Requests a second at a second. */
  readonly arriving: (second: number) => number;
  /** Requests a second that one pod can serve; at that rate it uses one core. */
  readonly perPod: number;
  /** Seconds from the decision until a new pod is ready. */
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** What the autoscaler looks at: CPU in percent of the request, or arriving requests per pod. */
  readonly metric: 'cpu' | 'requests';
  readonly target: number;
  /** The pods' CPU request in cores. */
  readonly request: number;
  readonly seconds: number;
}

/** One second of the simulation. */
export interface Moment {
  readonly second: number;
  /** Pods that serve. */
  readonly ready: number;
  /** Pods wanted by the autoscaler. */
  readonly wanted: number;
  /** Requests that wait. */
  readonly waiting: number;
  /** Cores that all pods use together. */
  readonly cores: number;
}

const syncSeconds = 15;
const scaleDownWindow = 300;

/** Runs a scenario second by second. */
export function simulate(scenario: Scenario): Moment[] {
  const { perPod, min, max, metric, target, request, start } = scenario;
  let [wanted, waiting] = [min, 0];
  /** Seconds at which each pod becomes ready, oldest first. */
  let pods: number[] = Array.from({ length: min }, () => 0);
  const recent: { second: number; wish: number }[] = [];
  const moments: Moment[] = [];
  for (let second = 0; second < scenario.seconds; second++) {
    const ready = pods.filter((from) => from <= second).length;
    const arriving = scenario.arriving(second);
    const served = Math.min(arriving + waiting, ready * perPod);
    waiting += arriving - served;
    const cores = served / perPod;
    if (second > 0 && second % syncSeconds === 0) {
      // The metric is one period old when it is read; a pod that was not ready then counts as 0, as the documentation has it.
      const seen = moments[second - syncSeconds];
      const value =
        metric === 'cpu'
          ? (100 * (seen?.cores ?? 0)) / request / ready
          : scenario.arriving(second - syncSeconds) / ready;
      const wish = decide([desiredReplicas(ready, value, target)], min, max);
      recent.push({ second, wish });
      const calmest = Math.max(
        ...recent.filter((past) => second - past.second <= scaleDownWindow).map((past) => past.wish),
      );
      if (wish > wanted) wanted = Math.min(wish, Math.max(wanted * 2, wanted + 4));
      else if (calmest < wanted) wanted = calmest;
      while (pods.length < wanted) pods.push(second + start);
      pods = pods.slice(0, wanted);
    }
    moments.push({ second, ready, wanted, waiting, cores });
  }
  return moments;
}
