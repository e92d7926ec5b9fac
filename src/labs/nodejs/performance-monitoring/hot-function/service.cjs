'use strict';
const { tracingChannel } = require('node:diagnostics_channel');
const { writeFileSync } = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');
const { startCpuProfile } = require('node:v8');

const words = Array.from({ length: 2500 }, (_, i) => `${(i * 7919).toString(36)}-stainless-kettle-${i}`);

const query = tracingChannel('db.query');

const row = new Uint8Array(64);

/** Edits that turn one word into the other. */
function distance(a, b) {
  for (let j = 0; j < b.length; j++) row[j] = j + 1;
  for (let i = 0; i < a.length; i++) {
    let [left, corner] = [i + 1, i];
    for (let j = 0; j < b.length; j++) {
      const change = corner + (a[i] === b[j] ? 0 : 1);
      corner = row[j];
      row[j] = left = Math.min(change, corner + 1, left + 1);
    }
  }
  return row[b.length - 1];
}

// #region service
const askDatabase = () => query.tracePromise(() => wait(20, words)); // 20 ms that cost no CPU

function suggest(candidates, typed) {
  let best = { edits: Infinity };
  for (const word of candidates) {
    const edits = distance(word, typed);
    if (edits < best.edits) best = { word, edits };
  }
  return best;
}

async function handle(typed) {
  const candidates = await askDatabase();
  return JSON.stringify(suggest(candidates, typed));
}
// #endregion service

// #region live
/** What a route for admins calls. The service goes on meanwhile. */
async function live(file, ms) {
  const profile = startCpuProfile();
  await wait(ms);
  writeFileSync(file, profile.stop());
}
// #endregion live

let [queries, waited] = [0, 0];
// #region subscriber
const starts = new WeakMap();
query.start.subscribe((call) => starts.set(call, performance.now()));
query.asyncEnd.subscribe((call) => {
  queries++;
  waited += performance.now() - starts.get(call);
});
// #endregion subscriber

(async () => {
  const began = performance.now();
  if (process.env.LIVE) live(process.env.LIVE, 500);
  for (let i = 0; i < 30; i++) await handle(`stianless-ketle-${i}`);
  console.log(JSON.stringify({ took: performance.now() - began, queries, waited }));
})();
