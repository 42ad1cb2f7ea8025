import type { SchemaAndValue } from '../data/to-document.ts';

/** How the name of the schema of a Debezium change event ends. */
const ENVELOPE = '.Envelope';

/** Without a schema nothing tells an event: Debezium lets it pass as it is. */
export const isEnvelope = ({ schema }: SchemaAndValue): boolean => schema?.name?.endsWith(ENVELOPE) ?? false;
