'use strict';
const { stat } = require('node:fs');
const { arrives, awaits, reached } = require('./recorder.cjs');

const fileRead = () =>
  new Promise((resolve) => {
    stat(
      '.',
      arrives('file is read: the promise is resolved', () => resolve(awaits('load, after the await'))),
    );
  });

// #region await-file
async function load() {
  reached('load, up to the await');
  const resumed = await fileRead();
  resumed();
}

load();
reached('the caller goes on');
// #endregion await-file
