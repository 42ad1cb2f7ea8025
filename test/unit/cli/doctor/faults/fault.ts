import type { Broken } from '../a-stage-in-aws.ts';

/** A stage with one fault, and the row of the doctor that names the fault. */
export type Fault = readonly [
  name: string,
  broken: Broken,
  title: string,
  status: 'warning' | 'failed',
  found: RegExp,
  remedy: RegExp,
];
