import { type Payload, payloadOfBytes, type SourceRecord } from '../../../shared/record.ts';

/**
 * A record with its Kafka metadata as one JSON document (format: docs/kinesis.md). Key and value are text if they are
 * valid UTF-8, otherwise base64, as `keyEncoding` and `valueEncoding` say. Headers are pairs of name and base64 in
 * their order, because names may repeat.
 */
export function envelopeOf({ position, timestampMs, key, headers, value }: SourceRecord): Payload {
  const document = {
    topic: position.topic,
    partition: position.partition,
    offset: position.offset,
    timestamp: timestampMs,
    ...readable('key', key),
    headers: headers.map((header) => [header.name, Buffer.from(header.value).toString('base64')]),
    ...readable('value', value),
  };
  return payloadOfBytes(Buffer.from(JSON.stringify(document)));
}

function readable(name: 'key' | 'value', payload: Payload | null): Readonly<Record<string, string | null>> {
  if (payload === null) return { [name]: null };
  const text = payload.text();
  return text === undefined ? { [name]: payload.base64, [`${name}Encoding`]: 'base64' } : { [name]: text };
}
