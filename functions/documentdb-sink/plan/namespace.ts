/** A database and a collection. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
  /** A record names it, so that the name is payload: it stands in no log line and no error. */
  readonly isOfRecord?: boolean;
}

export interface NamespaceSettings {
  readonly database: string;
  readonly collection?: string | undefined;
}

/** The connector's DefaultNamespaceMapper: one collection for all, or one a topic, under its name. */
export const namespaceOf = (topic: string, { database, collection }: NamespaceSettings): Namespace => ({
  database,
  collection: collection ?? topic,
});

export const namespaceText = ({ database, collection }: Namespace): string => `${database}.${collection}`;

/** For log lines and errors. */
export const sayableName = (namespace: Namespace): string =>
  namespace.isOfRecord === true ? 'a collection that a record names' : namespaceText(namespace);
