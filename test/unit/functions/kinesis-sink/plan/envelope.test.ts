import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../../../../functions/kinesis-sink/plan/envelope.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';

const textOf = (parts: RecordParts) => Buffer.from(envelopeOf(aRecord(parts)).bytes()).toString();

describe('an envelope', () => {
  it('holds all that Kafka knows of a record, in one order', () => {
    const headers = [
      { name: 'trace', value: Buffer.from('a') },
      { name: 'trace', value: Uint8Array.of(0, 255) },
      { name: '2', value: new Uint8Array(0) },
      { name: '1', value: Buffer.from('b') },
    ];
    const parts = { partition: 3, offset: 7, timestampMs: 1_700_000_000_000, key: 'k"1', value: '{"a":1}', headers };
    expect(textOf(parts)).toBe(
      '{"topic":"orders","partition":3,"offset":7,"timestamp":1700000000000,"key":"k\\"1",' +
        '"headers":[["trace","YQ=="],["trace","AP8="],["2",""],["1","Yg=="]],"value":"{\\"a\\":1}"}',
    );
  });

  it('says of a key and a value that are not UTF-8 that they are base64', () => {
    const document = JSON.parse(textOf({ key: Uint8Array.of(0xff), value: Uint8Array.of(0xc3) }));
    expect(document).toMatchObject({ key: '/w==', keyEncoding: 'base64', value: 'ww==', valueEncoding: 'base64' });
  });

  it('has null for no key and no value, and an empty text for an empty value', () => {
    expect(JSON.parse(textOf({ key: null, value: null }))).toMatchObject({ key: null, value: null });
    expect(textOf({ key: null, value: null })).not.toContain('Encoding');
    expect(JSON.parse(textOf({ value: '' })).value).toBe('');
  });

  it.each(['\uFEFFa', 'é🚀', '\u0000', 'a\nb'])('gives back the text %j as it was', (value) => {
    expect(JSON.parse(textOf({ value })).value).toBe(value);
  });

  it('has its length and its base64 of the bytes it is', () => {
    const envelope = envelopeOf(aRecord({ value: 'é' }));
    expect(envelope.byteLength).toBe(envelope.bytes().byteLength);
    expect(Buffer.from(envelope.base64, 'base64')).toEqual(envelope.bytes());
  });
});
