'use strict';
const { nextTick, reached, then } = require('./recorder.cjs');

// #region drain
then('promise 1', () => {
  nextTick('tick 3');
  then('promise 4');
});
then('promise 2');
nextTick('tick 1', () => {
  then('promise 3');
  nextTick('tick 2');
});
reached('end of the script');
// #endregion drain
