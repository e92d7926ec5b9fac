// What server.close() leaves of four connections. Each asks once more afterwards. Prints JSON.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';

const holds = new Map();
// #region server
let draining = false;
const server = createServer((request, response) => {
  if (request.url === '/drain') draining = true;
  if (draining) response.setHeader('Connection', 'close');
  if (request.url === '/') response.end('ok');
  else holds.set(request.url, response); // long work
});
// #endregion server
await once(server.listen(0, '127.0.0.1'), 'listening');

/** A connection that counts the answers it got. */
function dial() {
  const socket = connect(server.address().port, '127.0.0.1');
  const seen = { socket, text: '', closed: false };
  socket.on('data', (data) => (seen.text += data));
  for (const event of ['end', 'close', 'error']) socket.on(event, () => (seen.closed = true));
  return seen;
}
const ask = ({ socket }, path) => socket.write(`GET ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`);
const answers = ({ text }) => text.split('HTTP/1.1 200').length - 1;
const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const idle = dial();
ask(idle, '/');
await until(() => answers(idle) === 1);
const silent = dial();
await once(server, 'connection');
const busy = dial();
ask(busy, '/busy');
await until(() => holds.has('/busy'));

// #region close
let done = false;
server.close(() => (done = true));
// #endregion close
const after = {};
/** Asks once more: `served`, or `closed` when the connection is gone. */
async function again(name, connection) {
  const before = answers(connection);
  if (!connection.closed) ask(connection, '/');
  await until(() => connection.closed || answers(connection) > before);
  after[name] = answers(connection) > before ? 'served' : 'closed';
}
await again('idle', idle);
await again('nothing sent yet', silent);
holds.get('/busy').end('late');
await until(() => answers(busy) === 1);
after['busy: its answer says'] = /Connection: (\S+)/i.exec(busy.text)[1];
await again('busy, asked again', busy);
after['close() has finished'] = done ? 'yes' : 'no';
ask(busy, '/drain');
await until(() => holds.has('/drain'));
holds.get('/drain').end('late');
await until(() => busy.closed);
after['busy, after Connection: close'] = 'closed';
silent.socket.destroy();
await until(() => done);
after['close() has finished then'] = 'yes';
console.log(JSON.stringify(after));
