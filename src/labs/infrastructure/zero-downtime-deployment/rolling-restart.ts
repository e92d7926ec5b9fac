import { Agent, request as send } from 'node:http';
import { lab, type NodeProcess } from '#labs/index.ts';

/** How instances are replaced. */
interface Way {
  readonly name: string;
  /** What SIGTERM does: `none` leaves it to the default, which ends the process. */
  readonly shutdown: 'none' | 'close';
  /** SIGTERM comes after the balancer has taken the instance out, as a preStop hook arranges; else beside it. */
  readonly preStop: boolean;
  /** The new instance gets traffic once it listens; else once it is started. */
  readonly readiness: boolean;
}

const ways: readonly Way[] = [
  { name: 'SIGTERM, no handler', shutdown: 'none', preStop: false, readiness: true },
  { name: 'handler closes at once', shutdown: 'close', preStop: false, readiness: true },
  { name: 'preStop, no readiness', shutdown: 'close', preStop: true, readiness: false },
  { name: 'preStop and readiness', shutdown: 'close', preStop: true, readiness: true },
];

/** An instance as the balancer sees it. */
interface Instance {
  readonly name: string;
  readonly port: number;
  readonly process: NodeProcess;
  /** Requests that the balancer sent to it, those that have no answer yet, and those that failed. */
  sent: number;
  open: number;
  failed: number;
}

export default lab({
  title: 'Four ways to replace three instances under load',
  claim:
    'Requests fail when SIGTERM ends an instance, when it stops listening before the balancer knows, and when a new one gets traffic before it listens; with both gates none fails.',
  engines: ['node', 'http'],
  async run({ node, http, fact, holds, measure, step, scene, port, until }) {
    const node26 = await node();

    // #region balancer
    /** Round robin over the endpoints it knows. It hears of changes late, never retries and keeps no connection. */
    const endpoints: Instance[] = [];
    const agent = new Agent({ keepAlive: false });
    let turn = 0;
    const balancer = await http.serve((request, response) => {
      const wanted = endpoints.find(({ name }) => name === request.headers['x-instance']);
      const instance = wanted ?? endpoints[turn++ % endpoints.length];
      if (!instance) return void response.writeHead(503).end();
      instance.sent += 1;
      instance.open += 1;
      const upstream = send(
        { host: '127.0.0.1', port: instance.port, path: request.url, agent },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502);
          answer.pipe(response);
        },
      );
      upstream.on('error', () => {
        instance.failed += 1;
        response.writeHead(502).end();
      });
      upstream.on('close', () => (instance.open -= 1));
      upstream.end();
    });
    // #endregion balancer

    /** Resolves when five more requests to this instance were sent, or have failed. */
    const fiveMore = (which: 'sent' | 'failed', instance: Instance): Promise<unknown> => {
      const mark = instance[which] + 5;
      return until(`five requests to ${instance.name} ${which}`, () => instance[which] >= mark);
    };

    /** Starts an instance; with readiness the balancer hears of it when it listens. */
    async function begin(name: string, way: Way, readiness = way.readiness): Promise<Instance> {
      const at = await port();
      const env = { PORT: String(at), SHUTDOWN: way.shutdown };
      const process = node26.start('rolling-restart/instance.ts', { env });
      const instance: Instance = { name, port: at, process, sent: 0, open: 0, failed: 0 };
      if (!readiness) {
        endpoints.push(instance);
        await fiveMore('failed', instance); // refused: it does not listen yet
      }
      process.write('listen');
      await process.line(/listening/);
      if (readiness) endpoints.push(instance);
      return instance;
    }

    const leave = (instance: Instance): void => {
      endpoints.splice(endpoints.indexOf(instance), 1);
    };

    /** Replaces one instance while a report is in flight in it; true when the report was answered. */
    async function replace(old: Instance, way: Way, trace: boolean): Promise<boolean> {
      const says = (given: Parameters<typeof step>[0]): void => {
        const names = endpoints.map(({ name }) => name).sort();
        if (trace) step({ ...given, queues: { endpoints: names } });
      };
      const name = old.name.replace('v1', 'v2');
      const fresh = await begin(name, way);
      says(
        way.readiness
          ? { who: 'rollout', does: `start ${name}`, result: 'ready, then in the endpoints' }
          : {
              who: 'rollout',
              does: `start ${name}`,
              result: 'in the endpoints, then ready',
              outcome: 'fails',
              note: 'What came between was refused.',
            },
      );
      const headers = { 'x-instance': old.name };
      const report = http.load({ url: `${balancer.url}/report`, headers, connections: 1, requests: 1 });
      await old.process.line(/report begun/);
      says({
        who: old.name,
        does: 'GET /report',
        result: 'in flight',
        note: 'Long work, begun just before the end.',
      });

      const steps = {
        waits: { who: old.name, does: 'preStop: wait', result: 'five more requests' },
        removed: { who: 'balancer', does: `remove ${old.name}` },
        ends: { who: old.name, does: 'SIGTERM: ends' },
        closes: { who: old.name, does: 'SIGTERM: server.close()' },
        refused: { who: 'balancer', does: `five requests to ${old.name}`, result: '502', outcome: 'fails' },
      } as const;
      const tell = (name: keyof typeof steps): void => {
        says(steps[name]);
      };
      // #region replace
      if (way.preStop) {
        await fiveMore('sent', old); // the removal is on its way; it still serves
        tell('waits');
        leave(old);
        tell('removed');
        await until('only the report is open', () => old.open === 1);
        old.process.kill('SIGTERM');
        await old.process.line(/closed/);
        tell('closes');
      } else {
        old.process.kill('SIGTERM'); // at once, beside the removal
        if (way.shutdown === 'none') await old.process.ended;
        else await old.process.line(/closed/);
        tell(way.shutdown === 'none' ? 'ends' : 'closes');
        await fiveMore('failed', old); // the balancer has not heard of it yet
        tell('refused');
        leave(old);
        tell('removed');
      }
      old.process.write('finish');
      const answered = (await report).ok === 1;
      // #endregion replace
      says({
        who: old.name,
        does: 'the report',
        result: answered ? 'answered, exit 0' : '502',
        outcome: answered ? 'ok' : 'fails',
      });
      await old.process.ended;
      await fiveMore('sent', fresh);
      return answered;
    }

    const rows = [];
    for (const way of ways) {
      const fleet = [];
      for (const name of ['a', 'b', 'c']) fleet.push(await begin(`${name} v1`, way, true));
      const seen = { done: false, requests: 3, failed: 0, answered: 0 };
      const clients = async (): Promise<void> => {
        while (!seen.done) {
          const part = await http.load({ url: balancer.url, connections: 8, requests: 80 });
          seen.requests += 80;
          seen.failed += 80 - part.ok;
        }
      };
      const load = clients();
      scene(way.name);
      for (const old of fleet) seen.answered += Number(await replace(old, way, old === fleet[0]));
      seen.done = true;
      await load;
      for (const { process } of endpoints.splice(0)) process.kill();

      const failed = seen.failed + 3 - seen.answered;
      rows.push([
        way.name,
        `${seen.answered} of 3`,
        failed === 0 ? '0' : failed < 15 ? 'fewer than 15' : '15 or more',
      ]);
      measure(`Requests, ${way.name}`, seen.requests, 'requests');
      measure(`Failed, ${way.name}`, failed, 'requests');
      if (way.preStop && way.readiness) fact('Failed requests with both gates', failed);
      else holds(`requests fail: ${way.name}`, failed > 0);
    }
    fact('Replacing three instances under load', {
      columns: ['way', 'reports answered', 'failed requests'],
      rows,
    });
  },
});
