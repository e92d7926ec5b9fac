/** A chat gateway: WebSockets on one side, PostgreSQL on the other. Two of them make the small version. */
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { WebSocket, WebSocketServer } from 'ws';

/** The tables of the small version. */
export const schema = `
  CREATE TABLE conversation (id int PRIMARY KEY, last_seq int NOT NULL DEFAULT 0);
  CREATE TABLE message (
    conversation_id int NOT NULL REFERENCES conversation,
    seq int NOT NULL,
    sender text NOT NULL,
    client_id text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (conversation_id, seq),
    UNIQUE (conversation_id, sender, client_id)
  );
  INSERT INTO conversation (id) VALUES (1);
`;

/** A message as clients get it. */
export interface Message {
  readonly seq: number;
  readonly sender: string;
  readonly body: string;
}

interface Peer {
  readonly socket: WebSocket;
  /** The last sequence number that was sent to this socket. */
  sent: number;
  pumping: boolean;
  again: boolean;
}

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  /** Sockets that it believes to be open. */
  readonly open: number;
  /** Sockets that have not answered the last ping. */
  readonly unanswered: number;
  /** Messages handed to sockets without an error. */
  readonly handedOver: number;
  /** Bytes that wait in the process because clients do not read. */
  readonly buffered: number;
  /** One round of the heartbeat: ends sockets that did not answer the last ping, pings the others. Gives the number ended. */
  beat(): number;
  close(): Promise<void>;
}

/** The only row of a result. Raises a RangeError rather than let a miss pass for number 0. */
function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new RangeError(`Expected one row, got ${rows.length}.`);
  return row;
}

// #region save
/** Stores a message once, however often it is sent, and gives back its place in the conversation. */
async function save(db: pg.PoolClient, sender: string, clientId: string, body: string): Promise<number> {
  try {
    await db.query('BEGIN');
    const next = await db.query<{ seq: number }>(
      'UPDATE conversation SET last_seq = last_seq + 1 WHERE id = 1 RETURNING last_seq AS seq', // also the lock
    );
    const stored = await db.query<{ seq: number }>(
      `INSERT INTO message (conversation_id, seq, sender, client_id, body) VALUES (1, $1, $2, $3, $4)
       ON CONFLICT (conversation_id, sender, client_id) DO NOTHING RETURNING seq`,
      [only(next.rows).seq, sender, clientId, body],
    );
    if (stored.rowCount === 1) {
      await db.query(`SELECT pg_notify('message', '1')`); // where to look, never what was said
      await db.query('COMMIT');
      return only(stored.rows).seq;
    }
    await db.query('ROLLBACK'); // a resend gives its number back: no gap
    const first = 'SELECT seq FROM message WHERE conversation_id = 1 AND sender = $1 AND client_id = $2';
    return only((await db.query<{ seq: number }>(first, [sender, clientId])).rows).seq;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => undefined); // frees the conversation for the next sender
    throw error; // no number, no acknowledgement
  }
}
// #endregion save

/** Starts a gateway. Clients connect to `/?user=bob`, with `&since=3` to get what came after message 3. */
export async function gateway(url: string): Promise<Gateway> {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const listener = new pg.Client({ connectionString: url });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 16 * 1024 });
  const listening = new Promise((resolve) => server.once('listening', resolve));
  const peers = new Set<Peer>();
  const answered = new WeakSet<WebSocket>();
  let handedOver = 0;
  /** Resolves when the kernel has taken the frame; rejects when the socket is gone. */
  const hand = (socket: WebSocket, frame: object): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(JSON.stringify(frame), (error) => {
        if (error) reject(error);
        else resolve();
      });
    });

  // #region pump
  /** Sends what this socket has not had yet. A hint, a reconnect and a timer all end here. */
  const pump = async (peer: Peer): Promise<void> => {
    peer.again = true;
    if (peer.pumping) return;
    peer.pumping = true;
    try {
      while (peer.again) {
        peer.again = false;
        const { rows } = await pool.query<Message>(
          `SELECT seq, sender, body FROM message
           WHERE conversation_id = 1 AND seq > $1 ORDER BY seq LIMIT 100`,
          [peer.sent],
        );
        await Promise.all(rows.map((row) => hand(peer.socket, row))); // until the kernel has taken the page
        handedOver += rows.length;
        peer.sent = rows.at(-1)?.seq ?? peer.sent;
        if (rows.length === 100) peer.again = true;
      }
    } catch {
      peer.socket.terminate(); // the client comes back with its cursor
    } finally {
      peer.pumping = false;
    }
  };
  // #endregion pump

  await listener.connect();
  await listener.query('LISTEN message');
  listener.on('notification', () => {
    for (const peer of peers) void pump(peer);
  });
  listener.on('error', () => undefined);

  server.on('connection', (socket, request) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://gateway');
    const user = searchParams.get('user') ?? '';
    const since = searchParams.get('since');
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    socket.on('error', () => undefined);
    // Silence is the honest answer to what was not stored: the client dials again and resends.
    const hangUp = (): void => {
      socket.terminate();
    };
    const store = async (data: Buffer): Promise<void> => {
      const { clientId, body } = JSON.parse(data.toString()) as { clientId: string; body: string };
      const db = await pool.connect();
      const seq = await save(db, user, clientId, body).finally(() => {
        db.release();
      });
      await hand(socket, { ack: clientId, seq });
    };
    socket.on('message', (data: Buffer) => void store(data).catch(hangUp));
    const enter = async (): Promise<void> => {
      const last = await pool.query<{ last_seq: number }>('SELECT last_seq FROM conversation WHERE id = 1');
      const sent = since === null ? only(last.rows).last_seq : Number(since);
      const peer: Peer = { socket, sent, pumping: false, again: false };
      peers.add(peer); // subscribe first, read second: nothing falls in between
      socket.on('close', () => peers.delete(peer));
      socket.send(JSON.stringify({ ready: sent }));
      await pump(peer);
    };
    void enter().catch(hangUp);
  });

  await listening;

  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return server.clients.size;
    },
    get unanswered() {
      return [...server.clients].filter((socket) => !answered.has(socket)).length;
    },
    get handedOver() {
      return handedOver;
    },
    get buffered() {
      return [...server.clients].reduce((sum, socket) => sum + socket.bufferedAmount, 0);
    },
    // #region beat
    beat() {
      let ended = 0;
      for (const socket of server.clients) {
        if (answered.delete(socket)) socket.ping();
        else {
          socket.terminate();
          ended++;
        }
      }
      return ended;
    },
    // #endregion beat
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await listener.end();
      await pool.end();
    },
  };
}

/** A client: everything it was sent, and a way to send. */
export interface Client {
  readonly messages: Message[];
  readonly acks: { ack: string; seq: number }[];
  readonly socket: WebSocket;
  readonly closed: () => boolean;
  send(clientId: string, body: string): void;
}

/** Connects to a gateway and waits until it is subscribed. */
export async function dial(port: number, user: string, since?: number): Promise<Client> {
  const query = since === undefined ? '' : `&since=${since}`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?user=${user}${query}`);
  const messages: Message[] = [];
  const acks: { ack: string; seq: number }[] = [];
  let closed = false;
  socket.on('close', () => (closed = true));
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Record<string, unknown>;
      if ('ready' in frame) resolve();
      else if ('ack' in frame) acks.push(frame as unknown as { ack: string; seq: number });
      else messages.push(frame as unknown as Message);
    });
  });
  return {
    messages,
    acks,
    socket,
    closed: () => closed,
    send: (clientId, body) => {
      socket.send(JSON.stringify({ clientId, body }));
    },
  };
}
