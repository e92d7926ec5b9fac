import pg from 'pg';
import { lab } from '#labs/index.ts';
import { relay } from './dual-write/relay.ts';

const cases: [way: string, name: string, step: string][] = [
  ['commitThenPublish', 'commit, then publish', 'commit'],
  ['commitThenPublish', 'commit, then publish', 'publish'],
  ['publishThenCommit', 'publish, then commit', 'publish'],
  ['publishThenCommit', 'publish, then commit', 'commit'],
  ['outbox', 'outbox', 'outbox row'],
  ['outbox', 'outbox', 'commit'],
  ['outbox', 'outbox', 'answer'],
  ['relay', 'outbox, the relay is killed', 'publish'],
  ['relay', 'outbox, the relay is killed', 'mark'],
];

export default lab({
  title: 'Killed between the commit and the publish',
  claim:
    'Writing to a database and a broker one after the other leaves an order without its event or an event without its order when the process is killed in between; an outbox leaves neither, and may send an event twice.',
  engines: ['postgres', 'node', 'http'],
  async run({ postgres, node, http, fact, step, scene, defer, until }) {
    const server = await postgres();
    const node26 = await node();
    const published: string[] = [];
    const broker = await http.serve((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        published.push(body);
        response.end();
      });
    });
    await server.query(`
      CREATE TABLE orders (id text PRIMARY KEY);
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event text NOT NULL,
        sent_at timestamptz
      );
      CREATE INDEX ON outbox (id) WHERE sent_at IS NULL;
    `);
    const db = new pg.Client({ connectionString: server.url });
    await db.connect();
    defer(() => db.end());
    /** Another relay, which nobody kills. */
    const drain = () =>
      relay(db, async (event) => {
        await fetch(broker.url, { method: 'POST', body: event });
      });

    const rows: [string, string, number, number, string][] = [];
    // #region kill
    for (const [index, [way, name, at]] of cases.entries()) {
      const order = `order-${index + 1}`;
      if (way === 'relay') {
        await server.query(`WITH o AS (INSERT INTO orders VALUES ('${order}'))
          INSERT INTO outbox (event) VALUES ('${order}')`);
      }
      const run = await node26.run('dual-write/place.ts', { args: [server.url, broker.url, way, order, at] });
      if (run.signal !== 'SIGKILL') throw new Error(`Not killed before ${at}: ${run.stderr}`);
      await until('a relay has sent what the dead process left', async () => {
        await drain(); // skips rows until the server has noticed that their owner is gone
        return (await server.value<number>('SELECT count(*) FROM outbox WHERE sent_at IS NULL')) === 0;
      });
      const orders = await server.value<number>(`SELECT count(*) FROM orders WHERE id = '${order}'`);
      const events = published.filter((event) => event === order).length;
      // #endregion kill
      const verdict =
        orders > events
          ? 'an order without its event'
          : events > 0 && orders === 0
            ? 'an event without its order'
            : events > orders
              ? 'agree, event sent twice'
              : 'agree';
      rows.push([name, at, orders, events, verdict]);
    }
    fact('after each kill, once the relay has run', {
      columns: ['way', 'killed before', 'the two sides'],
      rows: rows.map(([name, at, orders, events, verdict]) => [
        name,
        at,
        orders + events === 0 ? 'agree: neither' : verdict,
      ]),
    });
    const count = (way: string, verdict: string) =>
      rows.filter(([name, , , , says]) => name.startsWith(way) && says.startsWith(verdict)).length;
    fact('orders without an event, commit first', count('commit', 'an order'));
    fact('events without an order, publish first', count('publish', 'an event'));
    fact(
      'kills of the outbox after which the sides differ',
      count('outbox', 'an order') + count('outbox', 'an event'),
    );
    fact('kills in the outbox rows', rows.filter(([name]) => name.startsWith('outbox')).length);
    fact('events sent twice with the outbox', count('outbox', 'agree, event sent twice'));
    fact('outbox rows left unsent', await server.value('SELECT count(*) FROM outbox WHERE sent_at IS NULL'));

    scene('The outbox, its relay killed between publishing and marking');
    step({ who: 'Service', does: 'BEGIN; INSERT order; INSERT outbox; COMMIT', result: 'committed' });
    step({ who: 'Relay 1', does: 'SELECT … FOR UPDATE SKIP LOCKED', result: '1 row' });
    step({ who: 'Relay 1', does: 'publish', result: 'the broker has it' });
    step({
      who: 'Relay 1',
      does: '(killed before it marks the row)',
      outcome: 'fails',
      note: 'Its connection ends, its lock goes.',
    });
    step({ who: 'Relay 2', does: 'SELECT … FOR UPDATE SKIP LOCKED', result: '1 row' });
    step({
      who: 'Relay 2',
      does: 'publish; UPDATE … sent_at',
      result: `sent ${rows.at(-1)?.[3]} times by now`,
    });
  },
});
