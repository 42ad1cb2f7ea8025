import type { SchemaAndValue } from '../data/to-document.ts';

/** The end of the schema name of a Debezium change event. */
const ENVELOPE = '.Envelope';

/** Without a schema, Debezium cannot recognise an event and leaves the record unchanged. */
export const isEnvelope = ({ schema }: SchemaAndValue): boolean => schema?.name?.endsWith(ENVELOPE) ?? false;
