/** Bytes of Avro's binary encoding, for tests: https://avro.apache.org/docs/1.12.0/specification/#binary-encoding */
export function avroLong(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export const avroText = (text: string): Buffer => Buffer.concat([avroLong(Buffer.byteLength(text)), Buffer.from(text)]);

/** Behind the header of Confluent's serializer. */
export function confluentBytes(id: number, ...parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, ...parts]);
}
