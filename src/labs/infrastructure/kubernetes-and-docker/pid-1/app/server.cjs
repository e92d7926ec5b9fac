/** A service in twenty lines. HANDLER=1 lets it end in order; ORPHANS=3 leaves children of children behind. */
const http = require('node:http');
const { spawn } = require('node:child_process');

const server = http.createServer((request, response) => response.end('ok'));

// #region handler
if (process.env.HANDLER === '1') {
  process.on('SIGTERM', () => {
    console.log('app: heard SIGTERM');
    server.close(() => {
      console.log('app: closed in order');
    });
  });
}
// #endregion handler

for (let left = Number(process.env.ORPHANS ?? 0); left > 0; left--) {
  // The shell ends at once, and its own child becomes a child of process 1.
  spawn('sh', ['-c', 'sleep 0.2 &'], { stdio: 'ignore' });
}
server.listen(0, '127.0.0.1', () => {
  console.log(`app: ready as process ${process.pid}`);
});
