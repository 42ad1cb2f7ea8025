import type { Entry } from '../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { DEFAULTS } from '../../../functions/documentdb-sink/connector/file/properties-table.ts';

/** Which values of a document no two writers agree on: the comparison looks at their types only. */
export interface Generated {
  readonly id: boolean;
  readonly writeTimes: boolean;
}

const GENERATING = /BsonOidStrategy|UuidStrategy$/;

/** Of all topics of a file. */
export function generatedBy(entries: readonly Entry[]): Generated {
  const valuesOf = (property: string) => {
    const own = entries.filter(({ name }) => name === property || name.endsWith(`.${property}`));
    return [
      ...own.map(({ value }) => value.trim()),
      ...(own.some(({ name }) => name === property) ? [] : [DEFAULT(property)]),
    ];
  };
  const strategies = [...valuesOf('writemodel.strategy'), ...valuesOf('delete.writemodel.strategy')];
  return {
    // With a business key the server makes the _id; a change event without a key has a generated one.
    id:
      valuesOf('document.id.strategy').some((value) => GENERATING.test(value)) ||
      valuesOf('change.data.capture.handler').some((value) => value !== '') ||
      strategies.some((value) => value.includes('BusinessKey')),
    writeTimes: strategies.some((value) => value.includes('Timestamp')),
  };
}

const DEFAULT = (property: string): string => new Map(DEFAULTS).get(property) ?? '';
