import fc from 'fast-check';
import { Binary, BSON, Long, ObjectId } from 'mongodb';
import { DocumentSequence } from 'mongodb/lib/cmap/commands.js';
import { describe, expect, it } from 'vitest';
import { BsonWriter, Encoded } from '../../../../../functions/documentdb-sink/bson/bson-writer.ts';

type Fields = Readonly<Record<string, unknown>>;

function writeAll(writer: BsonWriter, documents: readonly Fields[]): void {
  for (const fields of documents) {
    writer.document(() => {
      for (const [name, value] of Object.entries(fields)) writer.element(name, value);
    });
  }
}

const written = (documents: readonly Fields[], bytes = 16) => {
  const writer = new BsonWriter(bytes);
  writeAll(writer, documents);
  return Buffer.from(writer.written()).toString('hex');
};
const serialized = (documents: readonly Fields[]) =>
  documents.map((fields) => Buffer.from(BSON.serialize(fields, { ignoreUndefined: false })).toString('hex')).join('');

const value = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.string({ unit: 'binary', minLength: 33, maxLength: 60 }).map((text) => text.toWellFormed()),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    null,
    undefined,
    new Date(0),
    new ObjectId('0123456789abcdef01234567'),
    Long.ONE,
    new Binary(Buffer.from('a')),
    [1n, 'a'],
    new Map([['a', 1]]),
  ),
);
const name = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', ''));
const fields = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value)), { maxKeys: 4 });

describe('the writer of BSON', () => {
  it('writes the same bytes as the driver, however small its memory was', () => {
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 3 }), fc.nat(40), (documents, bytes) => {
        expect(written(documents, bytes)).toBe(serialized(documents));
      }),
      { numRuns: 1_000 },
    );
  });

  it('writes the section of a message that the driver writes, however small its memory was', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 3 }), fc.nat(40), (documents, bytes) => {
        const writer = new BsonWriter(bytes);
        writer.section('updates', () => writeAll(writer, documents));
        const ofDriver = new DocumentSequence('updates');
        for (const document of documents) ofDriver.push(document, BSON.serialize(document, { ignoreUndefined: false }));
        expect(Buffer.from(writer.written())).toEqual(Buffer.from(ofDriver.toBin()));
      }),
    );
  });

  it.each(['\u007f', '\u0080', 'é', 'ÿ', 'Ā', '€', '\u{1f600}'])('writes %j as UTF-8, in names and texts', (letter) => {
    for (const text of [letter, `a${letter}`, letter.repeat(32), `${'a'.repeat(32)}${letter}`]) {
      const documents = [{ [text]: text, x: { [text]: true } }];
      expect(written(documents)).toBe(serialized(documents));
    }
  });

  it('leaves an object with the mark of a BSON type to the driver, which refuses the object', () => {
    const documents = [{ a: { _bsontype: 'MinKey' } }];
    for (const write of [written, serialized]) expect(() => write(documents)).toThrow(/Unsupported BSON version/);
  });

  it('refuses NUL in a name, as the driver does', () => {
    expect(() => written([{ 'a\0b': 1n }])).toThrow(/null bytes/);
  });

  it('takes a document that writes its own elements', () => {
    class Own extends Encoded {
      override writeTo(writer: BsonWriter): void {
        writer.element('a', 'b');
      }
    }
    expect(written([{ x: new Own(), y: true }])).toBe(serialized([{ x: { a: 'b' }, y: true }]));
  });
});
