import type { Arrival } from '../machine/machine.ts';
import type { SchemaRegistrySettings } from '../mapping/mapping.ts';
import type { EventRecord } from '../runtime/event.ts';
import type { Registry, SchemaMetadata } from './registry.ts';

/** The members of a record of the event that a registry changes. */
interface RecordJson {
  readonly key?: string | null;
  readonly value?: string | null;
}

type Attribute = SchemaRegistrySettings['validated'][number];

/**
 * The records as Lambda delivers them with a schema registry: the validated attributes as JSON, or as the bytes behind the schema's id,
 * with the metadata of the schema. What the registry refuses keeps its bytes, and is given up without an invocation. Without a value
 * (a tombstone) there is nothing to validate.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
 * @throws RegistryUnavailableError when the registry does not answer: no record is to blame
 */
export async function validateArrival(
  arrival: Arrival<EventRecord>,
  settings: SchemaRegistrySettings,
  registry: Registry,
): Promise<Arrival<EventRecord>> {
  const records: EventRecord[] = [];
  for (const record of arrival.records) records.push(await validateRecord(record, settings, registry));
  return { ...arrival, records };
}

async function validateRecord(
  record: EventRecord,
  { validated, format }: SchemaRegistrySettings,
  registry: Registry,
): Promise<EventRecord> {
  const written: RecordJson = JSON.parse(record.json);
  let changed: object = written;
  let filterValue: Buffer | undefined;
  for (const attribute of validated) {
    const base64 = written[attribute];
    if (base64 === undefined || base64 === null) continue;
    const result = await registry.validate(Buffer.from(base64, 'base64'));
    if (result.kind === 'refused') return { ...record, refusal: result.reason };
    const bytes = format === 'JSON' ? Buffer.from(result.json) : result.content;
    changed = { ...changed, [attribute]: bytes.toString('base64'), ...metadata(attribute, result.schema) };
    if (attribute === 'value') filterValue = Buffer.from(result.json);
  }
  const json = JSON.stringify(changed);
  return { ...record, json, bytes: Buffer.byteLength(json), ...(filterValue && { filterValue }) };
}

function metadata(attribute: Attribute, { dataFormat, schemaId }: SchemaMetadata): object {
  return { [`${attribute}SchemaMetadata`]: { dataFormat, schemaId } };
}
