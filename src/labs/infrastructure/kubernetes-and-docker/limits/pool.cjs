/** Joins the groups of its arguments. For a second two threads of the pool hash, and the loop only wakes every 10 ms. */
const { pbkdf2 } = require('node:crypto');
const { writeFileSync } = require('node:fs');

for (const file of process.argv.slice(2)) writeFileSync(file, '0');
const until = performance.now() + 1000;
const hash = () => {
  if (performance.now() < until) pbkdf2('password', 'salt', 20_000, 32, 'sha256', hash);
};
hash();
hash();

let [woke, longest] = [performance.now(), 0];
const timer = setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - woke - 10);
  woke = now;
  if (now < until) return;
  clearInterval(timer);
  console.log(longest.toFixed(1)); // the longest stall in milliseconds
}, 10);
