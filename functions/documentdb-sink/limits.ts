/**
 * The limit of a server whose `hello` reply names none:
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html
 */
export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
/** The number of operations in one command, for a server whose `hello` reply names none; MongoDB's own limit. */
export const OPERATIONS_MAX = 100_000;
/** https://www.mongodb.com/docs/manual/reference/limits/#mongodb-limit-Nested-Depth-for-BSON-Documents */
export const NESTING_MAX = 100;
/**
 * The largest ratio of BSON to JSON: in an array of Int64 each `1,` becomes a type, an index of at most six digits, a terminator and
 * eight bytes, as long as the value is below 2 MB. A larger value is measured.
 */
export const BSON_BYTES_PER_JSON_BYTE = 8;

/** Immediate retries after E11000 and a read; later retries wait. */
export const CONFLICT_ROUNDS_MAX = 3;
/** Reads that may find no conflicting document before the conflict counts as permanent. */
export const MISSES_MAX = 30;
/** Of these, what the next write of the same document need not repeat. */
export const MISSES_CARRIED = 27;
/**
 * After E11000 of an insert, a read shortly after a failover may return old data. Only a duplicate that is still there
 * after this time is poison.
 */
export const DUPLICATE_CONFIRM_MS = 1_000;
/** So often a command is sent as it is although its connection ends without an answer. Then it is sent in parts. */
export const LOST_ANSWERS_MAX = 3;
/** So often its parts are halved while the collection takes nothing: an outage must not multiply the commands. */
export const HALVINGS_MAX = 4;
/** Refusals of a write before the last attempt; the next refusal makes the write poison. */
export const REFUSALS_MAX = 4;
/** The pause before a refused write is sent again. */
export const DOUBT_PAUSE_MS = 500;
/** The same pause for code 40, which may also mean that the server throttles. */
export const THROTTLE_PAUSE_MS = 1_500;
/** How long an accepted write proves that its collection accepts writes. */
export const NEIGHBOUR_MS = 10_000;
/**
 * How long a write waits for a command of another partition that may be in its way: one of the same document, or any other
 * after a conflict with a unique index. Then the partition goes on by itself.
 */
export const PARTITION_WAIT_MS = 1_000;
/** Stored versions read by one `find`. */
export const VERSIONS_READ_MAX = 1_000;
/** At each end of a collection, so many documents are looked at before it gets the tombstone index. */
export const END_DOCUMENTS = 500;
/** How long a batch waits at its end for the tombstone index. */
export const INDEX_WAIT_MS_MAX = 2_000;
/** The longest name of a database, and of a database and a collection with a dot between them. https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html */
export const DATABASE_BYTES_MAX = 63;
export const NAMESPACE_BYTES_MAX = 120;
/** Business keys without an index that are remembered for each collection. */
export const MISSING_KEYS_MAX = 1_000;
/** Collections whose indexes are remembered between batches. Of a forgotten one, the next batch that names it lists the indexes again. */
export const COLLECTIONS_MAX = 2_000;
/** The pause before the indexes are looked at again, and before the tombstone index is tried again after a failure. */
export const INDEX_RETRY_MS = 60_000;

/** Settings of the driver's client, for a function behind a cluster that fails over in less than 30 s. */
export const SERVER_SELECTION_TIMEOUT_MS = 5_000;
export const CONNECT_TIMEOUT_MS = 5_000;
export const SOCKET_TIMEOUT_MS = 20_000;
export const WAIT_QUEUE_TIMEOUT_MS = 5_000;
export const IDLE_MS_MAX = 60_000;
export const CONNECTING_MAX = 2;
export const HEARTBEAT_EVERY_MS = 1_000;
/** The timeout of one attempt to read a secret, a parameter or a CA bundle. */
export const AWS_READ_TIMEOUT_MS = 3_000;
/** One try to get a schema. */
export const REGISTRY_TIMEOUT_MS = 3_000;
/** A registry that has given no schema for that long is asked for no further one in this attempt. */
export const REGISTRY_SILENCE_MS = 1_000;
/** The largest answer of a schema registry. */
export const REGISTRY_RESPONSE_BYTES_MAX = 16 * 1024 * 1024;
/** Schemas asked for at once. */
export const SCHEMAS_IN_FLIGHT_MAX = 8;
/** A schema whose types contain each other in more ways is not read. */
export const SCHEMA_EXPANSIONS_MAX = 10_000;
/** Schemas kept between batches. */
export const SCHEMAS_MAX = 1_000;
/** A schema that a registry does not know is asked for again after that: registries learn of new ones from each other. */
export const UNKNOWN_SCHEMA_PAUSE_MS = 1_000;
