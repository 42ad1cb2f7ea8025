import { AvroInput } from '../../../functions/documentdb-sink/connector/registry/avro/avro-input.ts';
import type { AvroType } from '../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';

/**
 * A value in Avro's binary encoding as JSON text. AWS does not document its form. Chosen here: that of `GenericData.toString` of
 * Avro for Java. A union's value stands alone, bytes are text of the characters 0 to 255, and logical types stay numbers and bytes.
 * https://avro.apache.org/docs/1.12.0/specification/#json-encoding
 * @throws UnconvertibleError when the bytes do not fit the type
 */
export function avroJson(type: AvroType, bytes: Buffer): string {
  return jsonOf(type, new AvroInput(bytes));
}

function jsonOf(type: AvroType, input: AvroInput): string {
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(input.boolean());
    case 'int':
      return String(input.int());
    case 'long':
      return String(input.long());
    case 'float':
      return numberJson(shortest(input.float()));
    case 'double':
      return numberJson(input.double());
    case 'string':
      return JSON.stringify(input.string());
    case 'bytes':
      return JSON.stringify(input.bytes().toString('latin1'));
    case 'fixed':
      return JSON.stringify(input.fixed(type.size).toString('latin1'));
    case 'enum':
      return JSON.stringify(type.symbols[input.index(type.symbols.length)]);
    case 'union': {
      const { branches } = type;
      const branch = branches[input.index(branches.length)];
      return branch === undefined ? 'null' : jsonOf(branch, input);
    }
    case 'record':
      return input.nested(() => {
        const fields = type.fields.map((field) => `${JSON.stringify(field.name)}:${jsonOf(field.type, input)}`);
        return `{${fields.join(',')}}`;
      });
    case 'array':
    case 'map':
      return collectionJson(type, input);
  }
}

function collectionJson(type: Extract<AvroType, { kind: 'array' | 'map' }>, input: AvroInput): string {
  const parts: string[] = [];
  input.blocks(() => {
    if (type.kind === 'array') parts.push(jsonOf(type.items, input));
    else parts.push(`${JSON.stringify(input.string())}:${jsonOf(type.values, input)}`);
  });
  return type.kind === 'array' ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

/** The number with the fewest digits that stands for the same 32 bits. */
function shortest(float: number): number {
  const candidates = [6, 7, 8, 9].map((digits) => Number(float.toPrecision(digits)));
  return candidates.find((candidate) => Math.fround(candidate) === float) ?? float;
}

/** JSON has no infinity and no NaN; Java writes them as text. */
function numberJson(number: number): string {
  return Number.isFinite(number) ? String(number) : JSON.stringify(String(number));
}
