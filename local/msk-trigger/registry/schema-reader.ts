import { Ajv } from 'ajv';
import { UnconvertibleError } from '../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { parseAvro } from '../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { linkProto } from '../../../functions/documentdb-sink/connector/registry/protobuf/link.ts';
import type { RegisteredSchema } from '../../../functions/documentdb-sink/connector/registry/schema-source.ts';
import { avroJson } from './avro-json.ts';
import { protobufJson } from './protobuf-json.ts';

/** `dataFormat` of an event. */
export type DataFormat = 'AVRO' | 'PROTOBUF' | 'JSON';

export interface SchemaReader {
  readonly dataFormat: DataFormat;
  /** The value as JSON text. @throws UnconvertibleError when the bytes do not fit the schema */
  readonly toJson: (content: Buffer) => string;
}

/** @throws Error when the schema cannot be followed */
export function schemaReader({ type, text, references }: RegisteredSchema): SchemaReader {
  switch (type) {
    case 'AVRO': {
      const avro = parseAvro(text, references.values());
      return { dataFormat: type, toJson: (content) => avroJson(avro, content) };
    }
    case 'PROTOBUF': {
      const file = linkProto(text, references);
      return { dataFormat: type, toJson: (content) => protobufJson(file, content) };
    }
    case 'JSON':
      return { dataFormat: type, toJson: jsonValidator(text, references) };
    default:
      throw new Error(`a schema of type ${type} is not read: register AVRO, PROTOBUF or JSON`);
  }
}

/** The text itself, if it is valid. Draft 7, which Confluent's serializer writes by default; formats are not checked. */
function jsonValidator(text: string, references: ReadonlyMap<string, string>): SchemaReader['toJson'] {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const [name, reference] of references) ajv.addSchema(JSON.parse(reference), name);
  const isValid = ajv.compile(JSON.parse(text));
  return (content) => {
    const json = content.toString('utf8');
    if (!isValid(parsed(json))) throw new UnconvertibleError('the value does not fit its JSON schema');
    return json;
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UnconvertibleError('the value is not JSON');
  }
}
