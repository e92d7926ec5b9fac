/** A service with one page from memory and one from the database. PROBES says which probes ask the database too: both, readiness, once (readiness, until its first success), neither. */
const http = require('node:http');
const { Client } = require('pg');

/** @returns {Promise<boolean>} whether the database answers now */
async function databaseAnswers() {
  const client = new Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

let catalogue;
let connected = false;
// #region answers
const answers = {
  '/livez': async () => process.env.PROBES !== 'both' || (await databaseAnswers()),
  '/readyz': async () => {
    if (process.env.PROBES === 'neither') return true;
    if (process.env.PROBES === 'once' && connected) return true;
    return (connected = await databaseAnswers());
  },
  '/catalogue': async () => (catalogue ??= (await databaseAnswers()) || undefined) !== undefined, // kept in memory
  '/orders': databaseAnswers,
};
// #endregion answers

http
  .createServer(async (request, response) => {
    response.statusCode = (await answers[request.url]()) ? 200 : 503;
    response.end();
  })
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
