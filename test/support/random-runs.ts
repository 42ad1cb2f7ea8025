/** `RANDOM_RUNS=10` makes every random test run ten times as many cases. */
const FACTOR = Number(process.env['RANDOM_RUNS'] ?? 1);

/** How many cases a random test runs. @param count the cases of a plain `npm run test:unit` */
export const randomRuns = (count: number): number => Math.ceil(count * FACTOR);
