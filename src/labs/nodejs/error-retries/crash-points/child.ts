/** Saves one document and dies before the named step, as by `kill -9`: `child.ts <url> <root> <order> <id> <step>`. */
import pg from 'pg';
import { fileThenRow, overwriteThenRow, rowThenFile } from './other-orders.ts';
import { save } from './save.ts';

const [url = '', root = '', order = '', id = '', step = ''] = process.argv.slice(2);
const orders = { save, rowThenFile, overwriteThenRow, fileThenRow };
const db = new pg.Client({ connectionString: url });
await db.connect();
const bytes = Buffer.alloc(64 * 1024, 'new ');
// #region die
await orders[order as keyof typeof orders](db, root, id, bytes, (next) => {
  if (next === step) process.kill(process.pid, 'SIGKILL'); // nothing after this line runs, no finally either
});
// #endregion die
await db.end();
