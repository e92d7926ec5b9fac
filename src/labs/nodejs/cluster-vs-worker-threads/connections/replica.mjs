import pg from 'pg';

const [connectionString, max] = process.argv.slice(2);

// #region replica
const pool = new pg.Pool({ connectionString, max: Number(max) });

/** As much load as the pool takes: every connection of the pool holds a transaction. */
const opened = await Promise.allSettled(Array.from({ length: Number(max) }, () => pool.connect()));
// #endregion replica
const refused = opened.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
console.log(JSON.stringify({ held: opened.length - refused.length, refused }));
