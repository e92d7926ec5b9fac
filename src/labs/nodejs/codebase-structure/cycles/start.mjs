// Loads the module named on the command line first, then both, and prints what a caller gets.
const ending = process.argv[3];
await import(`./${process.argv[2]}.${ending}`);
const { label } = await import(`./customers.${ending}`);
const { memberPrice } = await import(`./pricing.${ending}`);
console.log(`${label}; 1000 becomes ${memberPrice(1000)}`);
