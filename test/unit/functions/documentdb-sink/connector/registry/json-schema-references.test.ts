import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { compileJsonSchema } from '../../../../../../functions/documentdb-sink/connector/registry/json-schema/compile-json-schema.ts';
import { connectDataOf } from '../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

type Json = Readonly<Record<string, unknown>>;

const PLACE: Json = { type: 'object', properties: { city: { type: 'string' } } };
const VALUE = { home: { city: 'Rome' } };

/** What becomes of {@link VALUE} where `home` is a reference. */
function documentWith($ref: string, rest: Json = {}, references: Readonly<Record<string, Json>> = {}): unknown {
  const schema = { type: 'object', properties: { home: { $ref } }, ...rest };
  const texts = new Map(Object.entries(references).map(([name, each]) => [name, JSON.stringify(each)] as const));
  const read = compileJsonSchema(JSON.stringify(schema), texts, { optionalForNonRequired: true });
  const data = connectDataOf(read(Buffer.from(JSON.stringify(VALUE))));
  return data.kind === 'document' ? Object.fromEntries(data.document) : data;
}

const HOME = { home: new Map([['city', 'Rome']]) };
const ID = 'https://shop.example/schemas/order.json';

describe('a reference of a JSON schema', () => {
  it.each<[string, string, Json]>([
    ['an entry of a list', '#/allOf/1', { allOf: [{ type: 'object', properties: {} }, PLACE] }],
    ['a part with a name of its own', '#place', { definitions: { P: { ...PLACE, $id: '#place' } } }],
    ['an anchor', '#place', { $defs: { P: { ...PLACE, $anchor: 'place' } } }],
    ['an anchor of a schema with an id', '#place', { $id: ID, $defs: { P: { ...PLACE, $anchor: 'place' } } }],
    [
      'a part with an id',
      'https://shop.example/place',
      {
        definitions: { P: { ...PLACE, $id: 'https://shop.example/place' } },
      },
    ],
    [
      'a part with an id beside the one of the schema',
      'place.json',
      {
        $id: ID,
        definitions: { P: { ...PLACE, $id: 'place.json' } },
      },
    ],
    ['a part by the id of the schema', `${ID}#/definitions/P`, { $id: ID, definitions: { P: PLACE } }],
    [
      'a part of a part with an id',
      'https://shop.example/places#/definitions/P',
      { definitions: { All: { $id: 'https://shop.example/places', definitions: { P: PLACE } } } },
    ],
    [
      'a part with a name of its own, of a schema with an id',
      '#place',
      { $id: ID, definitions: { P: { ...PLACE, $id: '#place' } } },
    ],
    ['the eleventh entry of a list', '#/allOf/10', { allOf: [...Array(10).fill({ type: 'object' }), PLACE] }],
    ['an anchor beside what is null', '#place', { default: null, $defs: { P: { ...PLACE, $anchor: 'place' } } }],
    ['a part whose name has a slash', '#/definitions/a~1b', { definitions: { 'a/b': PLACE } }],
    ['a part whose name has a percent sign', '#/definitions/100%', { definitions: { '100%': PLACE } }],
  ])('stands for %s', (_what, reference, rest) => {
    expect(documentWith(reference, rest)).toMatchObject(HOME);
  });

  it.each<[string, string, string, Json]>([
    ['by its name', 'place.json', 'place.json', {}],
    ['by its name, under the id of the schema', 'place.json', 'place.json', { $id: ID }],
    ['by its whole address', 'https://shop.example/schemas/place.json', 'place.json', { $id: ID }],
    ['by its name, of one with an address', 'place.json', 'https://shop.example/schemas/place.json', { $id: ID }],
    ['under the id of draft 4', 'place.json', 'https://shop.example/schemas/place.json', { id: ID }],
    ['under an id that is no address', 'place.json', 'place.json', { $id: 'urn:shop:order' }],
  ])('stands for another schema %s', (_how, reference, name, rest) => {
    expect(documentWith(reference, rest, { [name]: PLACE })).toMatchObject(HOME);
    const inside = { definitions: { P: PLACE } };
    expect(documentWith(`${reference}#/definitions/P`, rest, { [name]: inside })).toMatchObject(HOME);
  });

  it('in another schema stands for one beside that schema', () => {
    const near = { $ref: 'place.json' };
    const references = { 'near/home.json': near, 'near/place.json': PLACE };
    expect(documentWith('near/home.json', { $id: ID }, references)).toMatchObject(HOME);
  });

  it('in a schema of another address stands for one by its name', () => {
    const near = { $id: 'https://other.example/home.json', $ref: 'place.json' };
    expect(documentWith('home.json', { $id: ID }, { 'home.json': near, 'place.json': PLACE })).toMatchObject(HOME);
  });

  it.each([
    'place.json',
    '#/definitions/P',
    '#/definitions/P/Q',
    '#/definitions/__proto__',
    '#/definitions/toString',
    '#/allOf/1',
    '#/allOf/',
    '#/allOf/0.0',
    '#/allOf/0.',
    '#/allOf/x0',
  ])('that nothing has is refused: %s', (reference) => {
    const rest = { definitions: {}, allOf: [PLACE] };
    expect(() => documentWith(reference, rest)).toThrow(UnconvertibleError);
  });
});
