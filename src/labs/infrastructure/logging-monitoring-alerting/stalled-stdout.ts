import { lab } from '#labs/index.ts';

interface Outcome {
  /** All its log calls returned while nobody read. */
  readonly returned: boolean;
  readonly healthy: boolean;
  readonly complete: boolean;
  readonly lost: number;
}

export default lab({
  title: 'Nobody reads stdout',
  claim:
    'When nobody reads stdout, pino’s default destination keeps every line in memory, a synchronous one stops the service, and one with a bound loses lines.',
  engines: ['node'],
  async run({ node, fact, measure, holds }) {
    const node26 = await node();
    const outcomes = new Map(
      await Promise.all(
        ['default', 'sync: true', 'maxLength 200 kB'].map(async (mode) => {
          const run = await node26.run('stalled-stdout/shipper.ts', { args: [mode] });
          const [line] = run.lines;
          if (run.code !== 0 || !line) throw new Error(run.stderr);
          return [mode, JSON.parse(line) as Outcome] as const;
        }),
      ),
    );
    fact('while nobody reads 3,000 lines', {
      columns: ['destination', 'health', 'lines'],
      rows: [...outcomes].map(([mode, { healthy, lost }]) => [
        mode,
        healthy ? 'answers' : 'hangs',
        lost === 0 ? 'all' : 'lost',
      ]),
    });
    fact(
      'all log calls return while nobody reads with',
      [...outcomes].filter(([, { returned }]) => returned).map(([mode]) => mode),
    );
    holds(
      'once the pipe is read again, every service answers and every line that was not dropped arrives',
      [...outcomes.values()].every(({ complete }) => complete),
    );
    measure(
      'lines lost with a bound of 200 kB',
      outcomes.get('maxLength 200 kB')?.lost ?? Number.NaN,
      'lines',
    );
  },
});
