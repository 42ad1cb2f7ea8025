import { availableParallelism } from 'node:os';
import { catchInSimulation } from './catch-in-simulation.ts';
import { catchInUnitTests } from './catch-in-unit-tests.ts';
import { type Mutant, mutantWith, mutatedSources, readMutants, readProduct } from './mutant.ts';

/** How a mutant was caught, in a line; undefined: nothing caught it. */
type Caught = string | undefined;

/**
 * Puts each mutant in place, several at a time, and looks for what catches it.
 * @param id one mutant alone; undefined: all
 * @returns whether every one was caught
 * @throws Error when a mutant no longer fits the code
 */
export async function runMutants(id: string | undefined, write: (line: string) => void): Promise<boolean> {
  const mutants = id === undefined ? readMutants() : [mutantWith(id)];
  const product = readProduct();
  const waiting = mutants.map((mutant) => ({ mutant, instead: mutatedSources(mutant, product) }));
  let caughtCount = 0;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { mutant, instead } = next;
      const caught: Caught =
        mutant.caughtBy === undefined
          ? (await catchInSimulation(instead))?.says
          : await catchInUnitTests(mutant.id, mutant.caughtBy);
      if (caught !== undefined) caughtCount += 1;
      for (const line of linesOf(mutant, caught)) write(line);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  write(`${caughtCount} caught, ${mutants.length - caughtCount} not caught`);
  return caughtCount === mutants.length;
}

const linesOf = ({ id, guarantee, says }: Mutant, caught: Caught): readonly string[] => [
  `${caught === undefined ? 'NOT CAUGHT' : 'caught'}  ${id} (${guarantee}): ${says}`,
  `        ${caught ?? 'nothing fails'}`,
];
