import path from 'node:path';
import { lab } from '#labs/index.ts';
import { needsNamespaces, startAsProcess1 } from './pid-1/namespace.ts';

const cwd = path.join(import.meta.dirname, 'pid-1', 'app');

export default lab({
  title: 'Who hears SIGTERM',
  claim: 'Whether the app can end in order is decided by the command that starts it, before any of its code.',
  engines: ['node'],
  async run({ node, fact, holds, until, defer }) {
    needsNamespaces();
    const { program } = await node(26);
    const PATH = `${path.dirname(program)}:${process.env['PATH'] ?? ''}`;

    // #region ways
    const ways = [
      { image: 'CMD ["node", "server.cjs"]', command: ['node', 'server.cjs'], handler: false },
      { image: 'CMD ["node", "server.cjs"]', command: ['node', 'server.cjs'], handler: true },
      { image: 'CMD node server.cjs', command: ['sh', '-c', 'node server.cjs'], handler: true },
      { image: 'CMD exec node server.cjs', command: ['sh', '-c', 'exec node server.cjs'], handler: true },
      { image: 'CMD ["npm", "start"]', command: ['npm', 'start', '--silent'], handler: true },
      { image: 'npm, script with exec', command: ['npm', 'run', 'start:exec', '--silent'], handler: true },
    ];
    // #endregion ways

    const grace = 3_000;
    // #region stop
    const stop = async ({ image, command, handler }: (typeof ways)[number]) => {
      const container = startAsProcess1(command, { cwd, env: { PATH, HANDLER: handler ? '1' : '0' } });
      defer(container.kill);
      await until('the app is ready', () => container.output().includes('app: ready'), 30_000);
      const first = container.command();
      process.kill(container.pid, 'SIGTERM'); // from outside, as a container runtime sends it
      const code = await container.within(grace);
      const heard = container.output().includes('heard SIGTERM');
      const end =
        code === null ? 'SIGKILL after the grace period'
        : container.output().includes('closed in order') ? `in order, code ${code}`
        : `cut off, code ${code}`; // prettier-ignore
      return [image, handler ? 'yes' : 'no', first, heard ? 'yes' : 'no', end];
    };
    // #endregion stop
    const rows = await Promise.all(ways.map(stop));
    fact('six ways to start one server', {
      columns: ['started by', 'app has a handler', 'process 1', 'app hears it', 'ends'],
      rows,
    });
    holds(
      'only three of six end in order',
      rows.filter((row) => row[4]?.startsWith('in order')).length === 3,
    );

    const parent = startAsProcess1(['node', 'server.cjs'], { cwd, env: { PATH, ORPHANS: '3' } });
    defer(parent.kill);
    await until('the app is ready', () => parent.output().includes('app: ready'), 30_000);
    await until('three orphans have ended', () => parent.zombies() === 3, 30_000);
    fact('zombies when Node.js is process 1 and three orphans end', parent.zombies());
  },
});
