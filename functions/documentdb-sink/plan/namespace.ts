/** A database and a collection. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
  /** True if the record's payload names the collection: the name must then never appear in a log line or an error. */
  readonly isOfRecord?: boolean;
}

export interface NamespaceSettings {
  readonly database: string;
  readonly collection?: string | undefined;
}

/**
 * The connector's DefaultNamespaceMapper: one collection for all topics, or for each topic a collection with the
 * topic's name.
 */
export const namespaceOf = (topic: string, { database, collection }: NamespaceSettings): Namespace => ({
  database,
  collection: collection ?? topic,
});

export const namespaceText = ({ database, collection }: Namespace): string => `${database}.${collection}`;

/** The name for log lines and errors. */
export const loggableName = (namespace: Namespace): string =>
  namespace.isOfRecord === true ? 'a collection that a record names' : namespaceText(namespace);
