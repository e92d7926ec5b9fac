import { lab, type NodeProcess } from '#labs/index.ts';

export default lab({
  title: 'A probe that asks the database',
  claim:
    'When every pod asks the same database, its outage restarts them all or hides them all; pods that ask it only until its first answer go on serving what they can, and a release that cannot reach it never gets traffic.',
  engines: ['node', 'postgres', 'http'],
  async run({ node, postgres, http, port, fact }) {
    const [node26, db] = [await node(26), await postgres()];

    const outage = async (probes: 'both' | 'readiness' | 'once' | 'neither') => {
      const network = await http.proxy(db.port);
      const ports = [await port(), await port()];
      const env = { PROBES: probes, DATABASE_URL: db.url.replace(`:${db.port}/`, `:${network.port}/`) };
      const start = async (at: number): Promise<NodeProcess> => {
        const started = node26.start('probes/server.cjs', { env: { ...env, PORT: String(at) } });
        await started.line(/listening/);
        return started;
      };
      const ask = async (at: number, what: string): Promise<number> => (await fetch(`http://127.0.0.1:${at}${what}`)).status; // prettier-ignore
      const pods = await Promise.all(
        ports.map(async (at) => ({ at, process: await start(at), live: 0, ready: 0, restarts: 0 })),
      );
      for (const { at } of pods) {
        await ask(at, '/readyz'); // as before any traffic
        await ask(at, '/catalogue'); // warms the memory
      }

      network.refuse();
      network.reset();
      const served = { '/catalogue': 0, '/orders': 0, 'no pod': 0 };
      // #region kubelet
      for (let round = 1; round <= 8; round++) {
        for (const pod of pods) {
          pod.ready = (await ask(pod.at, '/readyz')) === 200 ? 0 : pod.ready + 1;
          pod.live = (await ask(pod.at, '/livez')) === 200 ? 0 : pod.live + 1;
          if (pod.live < 3) continue; // failureThreshold of the liveness probe
          pod.process.kill('SIGKILL');
          await pod.process.ended;
          pod.process = await start(pod.at);
          pod.live = 0;
          pod.restarts++;
        }
        const endpoint = pods.find(({ ready }) => ready < 2); // failureThreshold of the readiness probe
        for (const page of ['/catalogue', '/orders'] as const) {
          if (!endpoint) served['no pod']++;
          else if ((await ask(endpoint.at, page)) === 200) served[page]++;
        }
      }
      // #endregion kubelet
      for (const pod of pods) {
        pod.process.kill('SIGKILL');
        await pod.process.ended;
      }
      return [
        pods.reduce((sum, { restarts }) => sum + restarts, 0),
        `${served['/catalogue']} of 8`,
        `${served['/orders']} of 8`,
        `${served['no pod']} of 16`,
      ];
    };

    fact('eight rounds of probes while the database is away, two pods', {
      columns: ['database asked by', 'restarts', 'page from memory', 'page from database', 'no pod'],
      rows: [
        ['both probes', ...(await outage('both'))],
        ['readiness only', ...(await outage('readiness'))],
        ['readiness, until it answers', ...(await outage('once'))],
        ['neither', ...(await outage('neither'))],
      ],
    });

    // #region release
    const wrong = db.url.replace(/\/[^/]*$/, '/no_such_database');
    const readyWith = async (probes: 'once' | 'neither'): Promise<string> => {
      const at = await port();
      const env = { PROBES: probes, DATABASE_URL: wrong, PORT: String(at) };
      const release = node26.start('probes/server.cjs', { env });
      await release.line(/listening/);
      const { status } = await fetch(`http://127.0.0.1:${at}/readyz`);
      release.kill('SIGKILL');
      await release.ended;
      return status === 200 ? 'ready, the rollout goes on' : 'not ready, the rollout stops';
    };
    // #endregion release
    fact('a release with a wrong database address', {
      columns: ['database asked by', 'the new pod is'],
      rows: [
        ['readiness, until it answers', await readyWith('once')],
        ['neither', await readyWith('neither')],
      ],
    });
  },
});
