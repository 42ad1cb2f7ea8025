import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  confluentFormat,
  glueFormat,
} from '../../../../../../functions/documentdb-sink/connector/registry/wire-format.ts';

const UUID = '11111111222233334444555555555555';
const glue = (compression: number, content: Buffer, version = 3) =>
  Buffer.concat([Buffer.from([version, compression]), Buffer.from(UUID, 'hex'), content]);

describe("the header of Confluent's serializer", () => {
  it('holds the id with its highest byte first', () => {
    const framed = confluentFormat(Buffer.from([0, 1, 2, 3, 4, 9, 8]));
    expect(framed?.id).toBe(String(0x01020304));
    expect(framed?.content()).toEqual(Buffer.from([9, 8]));
  });

  it('may stand before nothing, and hold the id 0', () => {
    const framed = confluentFormat(Buffer.alloc(5));
    expect([framed?.id, framed?.content()]).toEqual(['0', Buffer.alloc(0)]);
  });

  it.each([[[]], [[0, 0, 0, 1]], [[1, 0, 0, 0, 1]], [[0, 255, 255, 255, 255, 0]]])('is not %o', (bytes) => {
    expect(confluentFormat(Buffer.from(bytes))).toBeUndefined();
  });
});

describe("the header of Glue's serializer", () => {
  it('holds a UUID', () => {
    const framed = glueFormat(glue(0, Buffer.from('x')));
    expect(framed?.id).toBe('11111111-2222-3333-4444-555555555555');
    expect(framed?.content()).toEqual(Buffer.from('x'));
  });

  it('may stand before nothing', () => {
    expect(glueFormat(glue(0, Buffer.alloc(0)))?.content()).toEqual(Buffer.alloc(0));
  });

  it('says whether the content is compressed', () => {
    expect(
      glueFormat(glue(5, deflateSync('content')))
        ?.content()
        .toString(),
    ).toBe('content');
  });

  it('lets nothing through that is not compressed as it says, or is too large', () => {
    expect(glueFormat(glue(5, Buffer.from('content')))?.content).toThrow('not compressed');
    expect(glueFormat(glue(5, deflateSync(Buffer.alloc(40 * 1024 * 1024))))?.content).toThrow('too large');
  });

  it.each([
    ['another version', glue(0, Buffer.from('x'), 2)],
    ['another compression', glue(1, Buffer.from('x'))],
    ['too few bytes', glue(0, Buffer.alloc(0)).subarray(0, 17)],
  ])('has not %s', (_what, bytes) => {
    expect(glueFormat(bytes)).toBeUndefined();
  });
});
