import path from 'node:path';
import { lab } from '#labs/index.ts';
import { needsDashAndNpm11, needsNamespaces, startAsProcess1 } from './pid-1/namespace.ts';

const cwd = path.join(import.meta.dirname, 'pid-1', 'app');

export default lab({
  title: 'Who hears SIGTERM',
  claim: 'Whether the app can end in order is decided by the command that starts it, before any of its code.',
  engines: ['node'],
  async run({ node, fact, holds, until, defer }) {
    needsNamespaces();
    const { program } = await node(26);
    const PATH = `${path.dirname(program)}:${process.env['PATH'] ?? ''}`;
    needsDashAndNpm11(PATH);

    // #region ways
    const ways = [
      { image: 'node, no handler', command: ['node', 'server.cjs'], handler: false },
      { image: 'CMD ["node", …]', command: ['node', 'server.cjs'], handler: true },
      { image: 'CMD node …', command: ['sh', '-c', 'node server.cjs'], handler: true },
      { image: 'CMD exec node …', command: ['sh', '-c', 'exec node server.cjs'], handler: true },
      { image: 'CMD ["npm", "start"]', command: ['npm', 'start', '--silent'], handler: true },
      { image: 'npm, exec node …', command: ['npm', 'run', 'start:exec', '--silent'], handler: true },
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
        code === null ? 'SIGKILL'
        : container.output().includes('closed in order') ? `in order, ${code}`
        : `cut off, ${code}`; // prettier-ignore
      return [image, end, heard ? 'yes' : 'no', first];
    };
    // #endregion stop
    const rows = await Promise.all(ways.map(stop));
    fact('six ways to start one server', {
      columns: ['started by', 'ends', 'hears SIGTERM', 'process 1'],
      rows,
    });
    holds(
      'only three of six end in order',
      rows.filter((row) => row[1]?.startsWith('in order')).length === 3,
    );

    const parent = startAsProcess1(['node', 'server.cjs'], { cwd, env: { PATH, ORPHANS: '3' } });
    defer(parent.kill);
    await until('the app is ready', () => parent.output().includes('app: ready'), 30_000);
    await until('three orphans have ended', () => parent.zombies() === 3, 30_000);
    fact('zombies when Node.js is process 1 and three orphans end', parent.zombies());
  },
});
