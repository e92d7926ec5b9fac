/** The invoice service: `invoices.ts <database> <port>`. Answers `POST /` with an invoice. */
import { createServer } from 'node:http';
import pg from 'pg';

const [url = '', port = ''] = process.argv.slice(2);
const db = new pg.Pool({ connectionString: url, max: 2 });

createServer((request, response) => {
  const order = Number(request.headers['x-order']);
  db.query('INSERT INTO invoice VALUES ($1)', [order]).then(
    () => {
      response.end(`invoice for order ${order}`);
    },
    () => {
      response.writeHead(500).end();
    },
  );
}).listen(Number(port), '127.0.0.1', () => {
  console.log('listening');
});
