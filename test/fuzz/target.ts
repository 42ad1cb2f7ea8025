import type { Random } from './mutate.ts';

/** A part of the product that must cope with whatever it is given. */
export interface FuzzTarget<Input = unknown> {
  /** As in `--only NAME`, and the name of the target's folder in the corpus. */
  readonly name: string;
  /** An input that JSON can carry. The same random numbers give the same input. */
  generate(random: Random): Input;
  /** @throws where the product fails */
  check(input: Input): void | Promise<void>;
}

/** @throws Error that says what should have held */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Stands in every secret and payload of an input: no error and no log line may quote it. */
export const CANARY = 'canaryQ7';

/** The input of a target whose answers depend on what the product asks: the seed of the answers. */
export interface SeedInput {
  readonly seed: number;
}
