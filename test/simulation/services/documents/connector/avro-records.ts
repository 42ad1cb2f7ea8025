import { avroLong, avroText, confluentBytes } from '../../../../support/avro-bytes.ts';
import type { ScenarioRecord } from '../../../scenario/scenario.ts';
import { AVRO_VALUES_COUNT, avroValuesFrom } from './avro-values.ts';

// Records as a producer with Confluent's serializer writes them, each with one of several schemas:
// https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format

type Fields = Readonly<Record<string, unknown>>;

/** Above the byte that a smaller id has: whoever reads it from the wrong end asks for another one. */
const FIRST_ID = 70_000;
/** Nobody registered it. */
const UNKNOWN_ID = 1;

/** Of each choice of typed values, with an `_id` in the value and without. */
export const schemaIdOf = (first: number, hasId: boolean): number => FIRST_ID + 2 * first + Number(hasId);

/** The text of a schema; undefined: the registry has none with this id. */
export function schemaTextOf(id: number): string | undefined {
  const place = id - FIRST_ID;
  if (!Number.isInteger(place) || place < 0 || place >= 2 * AVRO_VALUES_COUNT) return undefined;
  const fields = [
    ...STORY_FIELDS.map(({ name, type }) => ({ name, type })),
    ...(place % 2 === 1 ? [{ name: '_id', type: 'string' }] : []),
    ...avroValuesFrom(Math.floor(place / 2)).map(({ name, schema }) => ({ name, type: schema })),
  ];
  return JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields });
}

type Type = 'int' | 'string' | readonly ['null', 'int' | 'string'];

const STORY_FIELDS: readonly { readonly name: string; readonly type: Type }[] = [
  { name: 'id', type: 'int' },
  { name: 'secret', type: 'string' },
  { name: 'op', type: 'string' },
  { name: 'refused', type: ['null', 'string'] },
  { name: 'k', type: 'string' },
  { name: 'part', type: 'int' },
  { name: 'f0', type: ['null', 'int'] },
  { name: 'f1', type: ['null', 'int'] },
  { name: 'f2', type: ['null', 'int'] },
];

function written(type: Type, value: unknown): Buffer {
  if (type === 'int') return avroLong(Number(value));
  if (type === 'string') return avroText(String(value));
  return value === null ? avroLong(0) : Buffer.concat([avroLong(1), written(type[1], value)]);
}

/** Every field of the schema is in the document: one without a value is null. @param plain JSON of the story */
function storyFieldsOf(plain: string): Fields {
  const given: Fields = JSON.parse(plain);
  const refused = given['refused'] === true ? 'named' : (given['refused'] ?? null);
  return Object.fromEntries(
    STORY_FIELDS.map(({ name }) => [name, name === 'refused' ? refused : (given[name] ?? null)]),
  );
}

/** What the value of a record has to become, before strategies. */
export const avroContentOf = ({ typed = 0 }: ScenarioRecord, plain: string): Fields => {
  const { _id: id }: Fields = JSON.parse(plain);
  return {
    ...storyFieldsOf(plain),
    ...(id !== undefined && { _id: id }),
    ...Object.fromEntries(avroValuesFrom(typed).map(({ name, value }) => [name, value])),
  };
};

/** The bytes of a record's value. Poison has no frame, or a schema that nobody knows, or ends in the middle. */
export function avroValueOf({ id, kind, typed = 0 }: ScenarioRecord, plain: string): Buffer {
  const { _id: ownId }: Fields = JSON.parse(plain);
  const fields = storyFieldsOf(plain);
  const parts = [
    ...STORY_FIELDS.map(({ name, type }) => written(type, fields[name])),
    ...(ownId === undefined ? [] : [avroText(String(ownId))]),
    ...avroValuesFrom(typed).map(({ bytes }) => bytes),
  ];
  const schemaId = schemaIdOf(typed, ownId !== undefined);
  if (kind !== 'poison') return confluentBytes(schemaId, ...parts);
  switch (id % 3) {
    case 0:
      return Buffer.from(plain);
    case 1:
      return confluentBytes(UNKNOWN_ID, ...parts);
    default:
      return confluentBytes(schemaId, ...parts.slice(0, 3));
  }
}
