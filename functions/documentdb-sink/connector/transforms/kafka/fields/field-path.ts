import { PropertyError } from '../../../property-error.ts';
import type { ConnectMap, ConnectValue } from '../../data/connect-value.ts';
import { type Field, fieldOf, type Schema } from '../../data/schema.ts';
import type { Struct } from '../../data/struct.ts';
import { requireMap, structOrNull } from '../../fields.ts';
import type { TransformSettings } from '../../transform-settings.ts';

/** A field by its name, or by a path with dots if `field.syntax.version` is V2. */
export interface FieldPath {
  readonly steps: readonly string[];
  readonly last: string;
}

const NESTED = 'a nested field';

/**
 * https://cwiki.apache.org/confluence/display/KAFKA/KIP-821%3A+Connect+Transforms+support+for+nested+structures
 * @throws PropertyError if a backtick is not closed
 */
export function fieldPathOf(settings: TransformSettings): FieldPath {
  const path = settings.text('field');
  const isV2 = settings.text('field.syntax.version').toUpperCase() === 'V2';
  const all = isV2 ? stepsOf(path, settings.prefix) : [path];
  return { steps: all.slice(0, -1), last: all.at(-1) ?? '' };
}

/** A step in backticks ends at the first unescaped backtick before a dot or the end. */
function stepsOf(path: string, prefix: string): readonly string[] {
  const steps: string[] = [];
  let at = 0;
  while (at < path.length) {
    const step = path[at] === '`' ? quotedStep(path, at) : plainStep(path, at);
    if (step === undefined) {
      throw new PropertyError(
        `${prefix}field`,
        path,
        'a backtick is not closed: write \\` for one that is part of a name',
      );
    }
    steps.push(step.name);
    at = step.end;
  }
  if (path === '' || path.endsWith('.')) steps.push('');
  return steps;
}

interface Step {
  readonly name: string;
  readonly end: number;
}

function plainStep(path: string, at: number): Step {
  const dot = path.indexOf('.', at);
  return dot < 0 ? { name: path.slice(at), end: path.length } : { name: path.slice(at, dot), end: dot + 1 };
}

function quotedStep(path: string, at: number): Step | undefined {
  let name = '';
  let start = at + 1;
  for (let end = path.indexOf('`', start); end >= 0; end = path.indexOf('`', end + 1)) {
    const isEscaped = path[end - 1] === '\\';
    const isLast = end === path.length - 1;
    if (isLast) return isEscaped ? undefined : { name: name + path.slice(start, end), end: path.length };
    if (path[end + 1] !== '.') continue;
    if (!isEscaped) return { name: name + path.slice(start, end), end: end + 2 };
    name += `${path.slice(start, end - 1)}\``;
    start = end + 1;
  }
  return undefined;
}

/** Undefined if there is no such field. @throws TransformError if a schema on the path is no struct schema */
export function fieldAt(schema: Schema, { steps, last }: FieldPath): Field | undefined {
  let current = schema;
  for (const step of steps) {
    const field = fieldOf(current, step);
    if (field === undefined) return undefined;
    current = field.schema;
  }
  return fieldOf(current, last);
}

/** @throws TransformError if a value on the path is no struct */
export function valueInStruct(
  struct: Struct,
  { steps, last }: FieldPath,
  read: (struct: Struct, name: string) => ConnectValue,
): ConnectValue {
  let current = struct;
  for (const step of steps) {
    if (fieldOf(current.schema, step) === undefined) return null;
    const next = structOrNull(current.get(step), NESTED);
    if (next === null) return null;
    current = next;
  }
  return fieldOf(current.schema, last) === undefined ? null : read(current, last);
}

/** @throws TransformError if a value on the path is no object */
export function valueInMap(map: ConnectMap, { steps, last }: FieldPath): ConnectValue {
  let current = map;
  for (const step of steps) {
    const next = current.get(step) ?? null;
    if (next === null) return null;
    current = requireMap(next, NESTED);
  }
  return current.get(last) ?? null;
}
