'use strict';
const net = require('node:net');
const { arrives, destroy, nextTick, setImmediate, setTimeout, then } = require('./recorder.cjs');

const server = net.createServer((socket) => {
  socket.end('hello');
  server.close();
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');

  // #region turn
  client.once(
    'data',
    arrives('data', () => {
      setTimeout('timer', 1);
      setImmediate('immediate 1', () => {
        setImmediate('immediate 3');
        then('promise 2');
        nextTick('tick 2');
      });
      setImmediate('immediate 2');
      destroy('close', client);
      then('promise 1');
      nextTick('tick 1');
      spin(5); // the timer is overdue before this callback ends
    }),
  );
  // #endregion turn
});

function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
