'use strict';
// #region race
const work = Number(process.argv[2]);

setTimeout(() => console.log('timeout'), 0);
setImmediate(() => console.log('immediate'));

// What the script still has to do, in milliseconds.
const start = performance.now();
while (performance.now() - start < work);
// #endregion race

// #region io
const { stat } = require('node:fs');
const first = { timeout: 0, immediate: 0 };
let rounds = 200;

function round() {
  stat('.', () => {
    let order = '';
    const ran = (name) => {
      order += name;
      if (order === name) first[name] += 1;
      else if (--rounds > 0) round();
      else console.log(JSON.stringify(first));
    };
    setTimeout(ran, 0, 'timeout');
    setImmediate(ran, 'immediate');
  });
}
round();
// #endregion io
