'use strict';
const fails = async () => {
  await null;
  throw new Error('card declined');
};

// #region returning
async function bare() {
  try {
    return fails();
  } catch {
    return 'caught inside';
  }
}

async function awaited() {
  try {
    return await fails();
  } catch {
    return 'caught inside';
  }
}
// #endregion returning

const bareFrame = async () => fails();
const awaitedFrame = async () => await fails();

const inStack = async (call) => {
  try {
    return await call();
  } catch (error) {
    return error.stack.includes(`at async ${call.name}`) ? 'yes' : 'no';
  }
};

(async () => {
  const rows = [
    ['return fails()', await bare().catch(() => 'by the caller only'), await inStack(bareFrame)],
    ['return await fails()', await awaited(), await inStack(awaitedFrame)],
  ];
  console.log(JSON.stringify(rows));
})();
