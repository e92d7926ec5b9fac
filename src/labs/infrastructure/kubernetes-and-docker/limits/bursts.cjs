/** On each line of stdin computes for 40 ms of processor time, and says how long that took. */
// #region burst
const burst = () => {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const spent = () => {
    const { user, system } = process.cpuUsage(used);
    return (user + system) / 1000;
  };
  while (spent() < 40);
  return performance.now() - began;
};
// #endregion burst
process.stdin.on('data', () => console.log(`took ${burst()}`));
console.log('ready');
