import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { TopicProperties } from '../topic-properties.ts';

/** `none`: a schema change, or an operation that is ignored. */
export type DebeziumOperation = 'create' | 'update' | 'delete' | 'none';

const OPERATIONS: ReadonlyMap<string, DebeziumOperation> = new Map([
  ['c', 'create'],
  ['r', 'create'],
  ['u', 'update'],
  ['d', 'delete'],
]);

const UNKNOWN_OPERATION = 'msksinks.cdc.unknown.operation';

/**
 * Reads the `op` of an event; create and read have the same effect. Truncate and message (`t`, `m`) and unknown
 * operations are an error, as in the connector, unless the file says to ignore them.
 * https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
 */
export function operationReader(
  properties: TopicProperties,
): (event: ReadonlyMap<string, unknown>) => DebeziumOperation {
  const ignoresUnknown = properties.text(UNKNOWN_OPERATION).toLowerCase() === 'ignore';
  return (event) => {
    const op = event.get('op');
    if (op === undefined && event.has('ddl')) return 'none';
    if (typeof op !== 'string')
      throw new UnwritableError('the value document is missing its CDC operation op, or op is not a string');
    const operation = OPERATIONS.get(op) ?? (ignoresUnknown ? 'none' : undefined);
    if (operation !== undefined) return operation;
    throw new UnwritableError(
      `unknown operation type: op of the change event is none of c, r, u and d (set ${UNKNOWN_OPERATION}=ignore to ignore such events)`,
    );
  };
}
