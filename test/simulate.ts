import { simulateSeed, WORLD_NAMES, worldOf } from './support/jobs/simulated-worlds.ts';

const HELP = `Lets the jobs live through worlds in which everything goes wrong.

  npm run simulate -- 5000          seeds 1 to 5000
  npm run simulate -- 1 4711        one seed, the 4711th, for example one that failed`;

const [runs = 1_000, first = 1] = process.argv.slice(2).map(Number);
if (![runs, first].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error(HELP);
  process.exit(2);
}

const ends = new Map<string, number>();
for (let seed = first; seed < first + runs; seed += 1) {
  const { violations, statuses } = await simulateSeed(seed);
  for (const status of statuses) ends.set(status, (ends.get(status) ?? 0) + 1);
  if (violations.length === 0) continue;
  console.error(`seed ${seed}, where ${WORLD_NAMES[worldOf(seed)]}:`, violations);
  process.exitCode = 1;
}
console.log(`${runs} seeds from ${first}: jobs by their end`, Object.fromEntries(ends));
