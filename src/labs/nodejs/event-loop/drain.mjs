import recorder from './recorder.cjs';
const { nextTick, reached, then } = recorder;

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
