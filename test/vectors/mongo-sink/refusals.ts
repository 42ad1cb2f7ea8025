/** What this sink does otherwise than the connector on purpose, or DocumentDB cannot do, by a name that docs/migrating.md lists. */
export interface Refusal {
  readonly id: string;
  /** What the connector does. */
  readonly connector: string;
  /** What happens here, and why. */
  readonly here: string;
}

export const REFUSALS = [
  {
    id: 'batch-grouping',
    connector: 'writes a bulk for each run of records of one topic and namespace, of `max.batch.size` at most',
    here: 'all records of a batch for one collection share bulk writes, sized by the limits of the cluster; documents and their order are the same',
  },
  {
    id: 'write-skipped',
    connector:
      'with `bulk.write.ordered`, never tries the records behind a failed one and reports them as WriteSkippedException',
    here: 'only the failed record becomes a dead letter; the other records are written',
  },
  {
    id: 'write-concern',
    connector: 'reports every record of a bulk whose write concern failed as WriteConcernException',
    here: 'the function sends the guarded bulk write again until the write concern is satisfied',
  },
  {
    id: 'outage-tolerated',
    connector: 'with `errors.tolerance=all`, reports whole batches while the cluster is away',
    here: 'an outage never makes dead letters: the batch is handed back and Lambda delivers it again',
  },
  {
    id: 'time-series-collection',
    connector: 'creates and checks time series collections',
    here: 'DocumentDB has none: the function inserts the same documents into an ordinary collection, and packaging lists the property',
  },
  {
    id: 'client-side-encryption',
    connector: 'encrypts fields before they are sent (`csfle.*`)',
    here: 'refused by name',
  },
  {
    id: 'topics-regex',
    connector: 'reads topics by a regular expression',
    here: 'an event source mapping needs a topic name: `npm run topics` writes the matching topics into a file next to the connector file, and packaging reads that file; a topic that is created later is read after the next deployment with a new list',
  },
  {
    id: 'java-class',
    connector: 'runs Java classes of your own',
    here: 'refused by name; use a TypeScript module instead (docs/custom-strategies.md)',
  },
  {
    id: 'null-to-converter',
    connector: 'record converters refuse null when they are called alone',
    here: 'a null is a tombstone and never reaches a converter, as in the connector',
  },
] as const satisfies readonly Refusal[];

export type RefusalId = (typeof REFUSALS)[number]['id'];

/** How a refusal stands in docs/migrating.md. */
export const anchorOf = (id: string): string => `\`${id}\``;
