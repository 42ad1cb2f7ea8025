import type { DocumentId } from '../../../functions/documentdb-sink/id-strategies/document-id.ts';
import type { Stored } from './document-server.ts';

export type Filter = { readonly _id: DocumentId } & Readonly<Record<string, unknown>>;

/** Whether a document of that `_id` fulfils the rest of the filter. Only numbers are compared, as the server does by type. */
export const matches = (stored: Stored, filter: Filter): boolean =>
  Object.entries(filter).every(([path, condition]) => path === '_id' || fulfils(valueAt(stored, path), condition));

function valueAt(stored: Stored, path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  return rest.reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], stored.get(first));
}

type Fields = Readonly<Record<string, unknown>>;

function fulfils(value: unknown, condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return value === condition;
  return Object.entries(condition).every(([operator, operand]) => {
    const operate = OPERATORS[operator];
    if (operate === undefined) throw new Error(`this server knows no ${operator}`);
    return operate(value, operand);
  });
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const comparing =
  (holds: (a: number | bigint, b: number | bigint) => boolean) =>
  (value: unknown, operand: unknown): boolean =>
    isNumber(value) && isNumber(operand) && holds(value, operand);

const OPERATORS: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  $not: (value, operand) => !fulfils(value, operand),
  $exists: (value, operand) => (value !== undefined) === operand,
  $gt: comparing((a, b) => a > b),
  $gte: comparing((a, b) => a >= b),
  $lt: comparing((a, b) => a < b),
  $lte: comparing((a, b) => a <= b),
};
