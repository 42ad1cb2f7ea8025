import type { ConnectRecord } from '../../functions/documentdb-sink/connector/transforms/connect-record.ts';
import { createChain } from '../../functions/documentdb-sink/connector/transforms/create-chain.ts';
import type { SchemaAndValue } from '../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

/** The header that the record has. */
export const FIRST = { name: 'first', schema: undefined, value: '1' };

/** One transform of Kafka with these settings. */
export function chainOf(type: string, settings: Readonly<Record<string, string>>) {
  const given = Object.entries(settings).map(([name, value]): [string, string] => [`transforms.t.${name}`, value]);
  const transforms = new Map([
    ['transforms', 't'],
    ['transforms.t.type', `org.apache.kafka.connect.transforms.${type}`],
    ...given,
  ]);
  return createChain(transforms, 'test', new Map(), false).transform;
}

/** What the transform makes of a record of topic `t`, partition 3, offset 7, at 1,000 ms, whose key and value are this data. */
export function transformed(
  type: string,
  settings: Readonly<Record<string, string>>,
  value: SchemaAndValue,
): ConnectRecord {
  const data = () => value;
  const record = { topic: 't', partition: 3, offset: 7, timestampMs: 1_000, headers: [FIRST], key: data, value: data };
  const result = chainOf(type, settings)(record);
  if (result === undefined) throw new Error('the record is filtered');
  return result;
}
