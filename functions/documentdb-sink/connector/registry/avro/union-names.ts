import type { AvroOptions } from './avro-options.ts';
import type { AvroType } from './avro-type.ts';

/** What Connect calls the struct of a union. */
export const UNION_NAME = 'io.confluent.connect.avro.Union';

/** What Connect calls the field of a branch. */
export function branchName(branch: AvroType, { enhanced }: AvroOptions): string {
  if (!('name' in branch)) return branch.kind;
  return enhanced ? branch.name : branch.name.slice(branch.name.lastIndexOf('.') + 1);
}
