/** A database and a collection. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
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
