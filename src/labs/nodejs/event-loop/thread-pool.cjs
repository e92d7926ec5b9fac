'use strict';
const { pbkdf2 } = require('node:crypto');
const { createSocket } = require('node:dgram');
const dns = require('node:dns');
const { stat } = require('node:fs');
const net = require('node:net');

const hashes = 4;
const rounds = 250_000;

// #region nameserver
/** A name server on this machine that answers every question with 192.0.2.1. */
const nameserver = createSocket('udp4', (query, from) => {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(0x8180, 2); // a response, no error
  answer.writeUInt16BE(1, 6); // with one answer
  answer.writeUInt16BE(0, 10); // and nothing additional
  const record = Buffer.from('c00c00010001000000010004c0000201', 'hex'); // name as asked, A, IN, 1 s, 192.0.2.1
  let end = 12;
  while (query[end] !== 0) end += query[end] + 1;
  nameserver.send(Buffer.concat([answer.subarray(0, end + 5), record]), from.port, from.address);
});
// #endregion nameserver

const server = net.createServer((socket) => socket.end('hello'));

server.listen(0, '127.0.0.1', () =>
  nameserver.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const resolver = new dns.Resolver();
    resolver.setServers([`127.0.0.1:${nameserver.address().port}`]);

    const start = performance.now();
    const idle = performance.eventLoopUtilization();
    const ended = [];
    let hashed = 0;
    const end = (name) => {
      ended.push({ name, hashed, ms: performance.now() - start });
      if (ended.length < hashes + 6) return;
      server.close();
      nameserver.close();
      const { utilization } = performance.eventLoopUtilization(idle);
      console.log(JSON.stringify({ ended, utilization }));
    };

    // #region jobs
    for (let job = 0; job < hashes; job += 1) {
      pbkdf2('secret', 'salt', rounds, 64, 'sha512', () => {
        hashed += 1;
        end('pbkdf2');
      });
    }

    stat('.', () => end('fs.stat'));
    dns.lookup('localhost', () => end('dns.lookup'));
    net.connect(port, 'localhost').once('data', () => end('socket to a name'));

    net.connect(port, '127.0.0.1').once('data', () => end('socket to an address'));
    resolver.resolve4('example.test', () => end('dns.resolve4'));
    setTimeout(() => end('timer of 20 ms'), 20);
    // #endregion jobs
  }),
);
