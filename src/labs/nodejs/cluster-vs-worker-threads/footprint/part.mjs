import { isMainThread, parentPort } from 'node:worker_threads';

// A worker of either kind, with or without a large library; it says when it is there, and stays.
if (process.argv[2] === 'with a library') await import('typescript');
const port = isMainThread ? process : parentPort;
port.on('message', () => undefined);
if (isMainThread) process.send('ready');
else parentPort.postMessage('ready');
