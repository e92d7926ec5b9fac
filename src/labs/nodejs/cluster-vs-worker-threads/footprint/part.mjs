import { isMainThread, parentPort } from 'node:worker_threads';

// A worker of either kind, with what it is to load; it says when it is there, and stays.
const libraries = { 'with pg, zod and pino': ['pg', 'zod', 'pino'], 'with a library': ['typescript'] };
for (const name of libraries[process.argv[2]] ?? []) await import(name);
const port = isMainThread ? process : parentPort;
port.on('message', () => undefined);
if (isMainThread) process.send('ready');
else parentPort.postMessage('ready');
