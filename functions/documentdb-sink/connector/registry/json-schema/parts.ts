import type { JsonObject } from '../schema/schema-json.ts';
import { textIn } from '../schema/schema-json.ts';

/** What one object of a JSON schema says of a value. Several parts hold together, as if `allOf` stood there. */
export type Part =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'oneOf' | 'allOf'; readonly branches: readonly unknown[] }
  | {
      readonly kind: 'enum' | 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';
      readonly node: JsonObject;
    };

type Kind = 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';
const KINDS: readonly string[] = ['string', 'boolean', 'integer', 'number', 'array', 'object'];

/** Keywords from which a schema without a type is told, by the library that Confluent's converter uses (everit-json-schema). */
const TYPED_BY: readonly (readonly [Kind, readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties', 'patternProperties']],
  ['array', ['items', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'contains']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

export function partsOf(node: JsonObject): readonly Part[] {
  const reference = textIn(node['$ref']);
  if (reference !== undefined) return [{ kind: 'reference', reference }];
  const parts: Part[] = [];
  for (const keyword of ['oneOf', 'anyOf', 'allOf'] as const) {
    const branches = node[keyword];
    if (Array.isArray(branches)) parts.push({ kind: keyword === 'allOf' ? 'allOf' : 'oneOf', branches });
  }
  if (Object.hasOwn(node, 'enum') || Object.hasOwn(node, 'const')) parts.push({ kind: 'enum', node });
  return [...parts, ...typedParts(node)];
}

function typedParts(node: JsonObject): readonly Part[] {
  const { type } = node;
  if (Array.isArray(type)) {
    return [{ kind: 'oneOf', branches: type.map((each: unknown) => ({ ...node, type: each })) }];
  }
  const told = TYPED_BY.find(([, keywords]) => keywords.some((each) => Object.hasOwn(node, each)))?.[0];
  const kind = typeof type === 'string' ? type : told;
  return kind !== undefined && KINDS.includes(kind) ? [{ kind: kind as Kind, node }] : [];
}
