import { isObject, member, type ResolveIntrinsic } from './intrinsic.ts';

/** Reads properties by dotted path and records problems. */
export interface PropertyReader {
  at(path: string): unknown;
  /** undefined if the property is absent or invalid. `endless`: -1 means Infinity. */
  integer(path: string, bounds: IntegerBounds): number | undefined;
  flag(path: string): boolean | undefined;
  /** Resolves intrinsic functions. */
  text(path: string): string | undefined;
  /** Records the problem and returns an empty text. */
  missing(path: string, wanted: string): string;
  problem(path: string, what: string): void;
}

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  readonly endless?: boolean;
}

export function propertyReader(
  context: { readonly resolve: ResolveIntrinsic; readonly problems: string[] },
  logicalId: string,
  properties: unknown,
): PropertyReader {
  const at = (path: string) => path.split('.').reduce(member, properties);
  const valueAt = (path: string) => {
    const value = at(path);
    return isObject(value) ? (context.resolve(value) ?? value) : value;
  };
  const problem = (path: string, what: string) => {
    context.problems.push(`${logicalId}.${path}: ${what}`);
  };
  return {
    at,
    problem,
    missing(path, wanted) {
      problem(path, `is missing; write ${wanted}`);
      return '';
    },
    integer(path, bounds) {
      const value = valueAt(path);
      if (value === undefined) return undefined;
      const integer = toInteger(value);
      if (bounds.endless === true && integer === -1) return Number.POSITIVE_INFINITY;
      if (integer !== undefined && integer >= bounds.min && integer <= bounds.max) return integer;
      problem(
        path,
        `is ${JSON.stringify(value)}; must be ${bounds.endless === true ? '-1 or ' : ''}${bounds.min}..${bounds.max}`,
      );
      return undefined;
    },
    flag(path) {
      const value = valueAt(path);
      if (value === undefined || typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      problem(path, 'must be true or false');
      return undefined;
    },
    text(path) {
      const value = at(path);
      if (value === undefined || typeof value === 'string') return value;
      const resolved = isObject(value) ? context.resolve(value) : undefined;
      if (resolved === undefined) problem(path, `${JSON.stringify(value)} is known only in AWS; write its text`);
      return resolved;
    },
  };
}

/** CloudFormation also accepts numbers as text. */
function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
