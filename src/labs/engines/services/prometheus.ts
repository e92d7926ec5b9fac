/** Prometheus, and promtool for rules and their tests. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Engine } from '../engine.ts';
import { runToEnd, start } from '../program.ts';
import { programOf, serviceMissing, type Place } from './locate.ts';

const place: Place = { programs: ['prometheus'], pathVariable: 'LAB_PROMETHEUS' };
const toolPlace: Place = { programs: ['promtool'], pathVariable: 'LAB_PROMTOOL' };

/** What promtool said. */
export interface PromtoolRun {
  readonly ok: boolean;
  readonly output: string;
}

/** One series of an answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a lab gets as `prometheus`. */
export interface Prometheus {
  /** Starts a server that scrapes these ports of 127.0.0.1 (at `/metrics`), and asks it. */
  server(options: {
    readonly scrape: readonly number[];
    readonly every?: string;
    readonly rules?: object;
  }): Promise<{
    readonly url: string;
    /** The value of an expression now. */
    query(expression: string): Promise<readonly Sample[]>;
  }>;
  /** `promtool check rules` on rules given as an object or as YAML. */
  checkRules(rules: object | string): Promise<PromtoolRun>;
  /** `promtool test rules`: `tests` as in the documentation of unit testing for rules, without `rule_files`. */
  testRules(rules: object | string, tests: object): Promise<PromtoolRun>;
}

const yaml = (value: object | string): string => (typeof value === 'string' ? value : stringify(value));

/** Prometheus as an engine. */
export const prometheus: Engine<() => Promise<Prometheus>> = {
  label: 'Prometheus',
  tier: 2,
  missing: () => Promise.resolve(serviceMissing(place) ?? serviceMissing(toolPlace)),
  open: (host) => async () => {
    const program = programOf(place) ?? '';
    const tool = programOf(toolPlace) ?? '';
    const { stdout, stderr } = await runToEnd(host, program, { args: ['--version'] });
    host.used('Prometheus', /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'unknown');

    const promtool = async (folder: string, ...args: readonly string[]): Promise<PromtoolRun> => {
      const run = await runToEnd(host, tool, { args, cwd: folder });
      return { ok: run.code === 0, output: (run.stdout + run.stderr).trim() };
    };
    return {
      async server({ scrape, every = '200ms', rules }) {
        const folder = await host.folder();
        const port = await host.port();
        if (rules) writeFileSync(path.join(folder, 'rules.yaml'), yaml(rules));
        writeFileSync(
          path.join(folder, 'prometheus.yaml'),
          stringify({
            global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
            scrape_configs: [
              {
                job_name: 'lab',
                static_configs: [{ targets: scrape.map((target) => `127.0.0.1:${target}`) }],
              },
            ],
            ...(rules ? { rule_files: ['rules.yaml'] } : {}),
          }),
        );
        const server = start(host, program, {
          cwd: folder,
          args: [
            '--config.file=prometheus.yaml',
            '--storage.tsdb.path=data',
            `--web.listen-address=127.0.0.1:${port}`,
          ],
        });
        await server.line(/Server is ready to receive web requests/);
        const url = `http://127.0.0.1:${port}`;
        return {
          url,
          async query(expression) {
            const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
            const answer = (await response.json()) as {
              error?: string;
              data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
            };
            if (!answer.data)
              throw new Error(`Prometheus refused ${expression}: ${answer.error ?? response.statusText}`);
            return answer.data.result.map(({ metric, value }) => ({
              labels: metric,
              value: Number(value[1]),
            }));
          },
        };
      },
      async checkRules(rules) {
        const folder = await host.folder();
        writeFileSync(path.join(folder, 'rules.yaml'), yaml(rules));
        return promtool(folder, 'check', 'rules', 'rules.yaml');
      },
      async testRules(rules, tests) {
        const folder = await host.folder();
        writeFileSync(path.join(folder, 'rules.yaml'), yaml(rules));
        writeFileSync(path.join(folder, 'tests.yaml'), stringify({ rule_files: ['rules.yaml'], ...tests }));
        return promtool(folder, 'test', 'rules', 'tests.yaml');
      },
    };
  },
};
