import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createConnectConverter } from '../../../../../../functions/documentdb-sink/connector/transforms/connect-converter.ts';
import { SmallNumber } from '../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import { primitive } from '../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { payloadOf } from '../../../../../../shared/record.ts';

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const CONVERTERS = 'org.apache.kafka.connect.converters.';

/** What the first transform gets of these bytes as value. */
function converted(converter: string, bytes: Uint8Array | null, more: Readonly<Record<string, string>> = {}) {
  const text = JSON.stringify({ topics: 'orders', database: 'shop', 'value.converter': converter, ...more });
  const { properties } = readConnector(text, { where: 'test' });
  return createConnectConverter(properties, 'value')(bytes && payloadOf(Buffer.from(bytes).toString('base64')));
}

const bytesOf = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

describe('a converter of one type', () => {
  const STRING = 'org.apache.kafka.connect.storage.StringConverter';

  it.each([
    [STRING, 'string', Buffer.from('é'), 'é'],
    [`${CONVERTERS}ByteArrayConverter`, 'bytes', bytesOf(1, 2), Buffer.from([1, 2])],
    [`${CONVERTERS}ShortConverter`, 'int16', bytesOf(255, 254), new SmallNumber('int16', -2)],
    [`${CONVERTERS}IntegerConverter`, 'int32', bytesOf(255, 255, 255, 254), new SmallNumber('int32', -2)],
    [`${CONVERTERS}LongConverter`, 'int64', bytesOf(255, 255, 255, 255, 255, 255, 255, 254), -2n],
    [`${CONVERTERS}FloatConverter`, 'float32', bytesOf(0x3f, 0xc0, 0, 0), new SmallNumber('float32', 1.5)],
    [`${CONVERTERS}DoubleConverter`, 'float64', bytesOf(0x3f, 0xf8, 0, 0, 0, 0, 0, 0), 1.5],
    [`${CONVERTERS}BooleanConverter`, 'boolean', bytesOf(1), true],
    [`${CONVERTERS}BooleanConverter`, 'boolean', bytesOf(0), false],
  ] as const)('%s gives an optional %s', (converter, type, bytes, value) => {
    expect(converted(converter, bytes)).toEqual({ schema: primitive(type, true), value });
    expect(converted(converter, null)).toEqual({ schema: primitive(type, true), value: null });
  });

  it.each([
    ['ShortConverter', [1], 'the value has not 2 bytes'],
    ['IntegerConverter', [1, 2, 3, 4, 5], 'the value has not 4 bytes'],
    ['LongConverter', [1, 2, 3, 4], 'the value has not 8 bytes'],
    ['FloatConverter', [1, 2, 3], 'the value has not 4 bytes'],
    ['DoubleConverter', [], 'the value has not 8 bytes'],
    ['BooleanConverter', [1, 1], 'the value has not 1 bytes'],
    ['BooleanConverter', [2], 'the value is not a boolean'],
  ])('%s refuses the bytes %j', (name, bytes, problem) => {
    const convert = () => converted(CONVERTERS + name, bytesOf(...bytes));
    expect(convert).toThrow(`Could not convert value: ${problem}`);
  });
});

describe('JsonConverter', () => {
  it('knows no schema of a record without a value', () => {
    expect(converted(JSON_CONVERTER, null)).toEqual({ schema: undefined, value: null });
  });

  it.each(['{"schema":null,"payload":1,"more":2}', '{"schema":null}', '{"payload":1}', '1'])(
    'refuses the envelope %s',
    (text) => {
      const more = { 'value.converter.schemas.enable': 'true' };
      expect(() => converted(JSON_CONVERTER, Buffer.from(text), more)).toThrow(
        /requires "schema" and "payload" fields/,
      );
    },
  );
});
