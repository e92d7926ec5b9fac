/** Latencies of three pods: two warm ones and one whose cache is cold and that the balancer therefore gives little. */

/** A pod, and between which values its latencies are spread evenly, in ms. */
export interface Pod {
  readonly name: string;
  readonly requests: number;
  readonly from: number;
  readonly to: number;
}

export const pods: readonly Pod[] = [
  { name: 'a', requests: 10_000, from: 10, to: 50 },
  { name: 'b', requests: 10_000, from: 10, to: 50 },
  { name: 'c, cold cache', requests: 300, from: 500, to: 900 },
];

/** All latencies of a pod, in ms. */
export const latencies = ({ requests, from, to }: Pod): readonly number[] =>
  Array.from({ length: requests }, (_, index) => from + ((to - from) * (index + 1)) / requests);
