import { Binary } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../../../functions/documentdb-sink/bson/identity.ts';
import { idFromKey } from '../../../../../functions/documentdb-sink/plan/key.ts';
import { aRecord } from '../../../../support/builders.ts';

describe('the _id from a key', () => {
  it.each(['order-1', '{"id":1}', '42', 'Ωmega', '\ufeffbom', 'with\u0000nul'])(
    'is the text of a UTF-8 key: %j',
    (key) => {
      expect(idFromKey(aRecord({ key }))).toBe(key);
    },
  );

  it('is the bytes of any other key', () => {
    expect(idFromKey(aRecord({ key: new Uint8Array([0xff, 0x00]) }))).toEqual(new Binary(Buffer.from([0xff, 0x00])));
  });

  it('is missing without a key', () => {
    expect(idFromKey(aRecord({ key: null }))).toBeUndefined();
  });

  it('has an identity that is equal exactly if the server compares the keys as equal', () => {
    const bytes = (...values: number[]) => new Binary(Buffer.from(values));
    expect(identityOf(bytes(0xff, 1))).toBe(identityOf(bytes(0xff, 1)));
    expect(identityOf(bytes(0xff, 1))).not.toBe(identityOf(bytes(0xff, 2)));
    expect(identityOf(new Binary(Buffer.from([1]), 4))).not.toBe(identityOf(bytes(1)));
    expect(identityOf('AQ==')).not.toBe(identityOf(bytes(1)));
  });
});
