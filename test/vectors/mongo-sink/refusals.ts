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
    here: 'all records of a batch for one collection share bulks, as large as the cluster takes them; the documents and the order within each are the same',
  },
  {
    id: 'write-skipped',
    connector:
      'with `bulk.write.ordered`, never tries the records behind a failed one and reports them as WriteSkippedException',
    here: 'the failed record alone becomes a dead letter; the others are written',
  },
  {
    id: 'write-concern',
    connector: 'reports every record of a bulk whose write concern failed as WriteConcernException',
    here: 'nothing is known to be lost then: the bulk is sent again until it succeeds, for writes are guarded',
  },
  {
    id: 'outage-tolerated',
    connector: 'with `errors.tolerance=all`, reports whole batches while the cluster is away',
    here: 'an outage is never tolerated: the batch is handed back and comes again',
  },
  {
    id: 'time-series-collection',
    connector: 'makes and checks time series collections',
    here: 'DocumentDB has none: the same documents are inserted into an ordinary one, and packaging says so',
  },
  {
    id: 'client-side-encryption',
    connector: 'encrypts fields before they are sent (`csfle.*`)',
    here: 'refused by name',
  },
  {
    id: 'topics-regex',
    connector: 'reads topics by a regular expression',
    here: 'an event source mapping names its topic: `npm run topics` writes the matching topics into a file beside the connector file, and packaging reads that file; a topic made later is read after the next deployment with a new list',
  },
  {
    id: 'java-class',
    connector: 'runs Java classes of your own',
    here: 'refused by name; a TypeScript module does the same (docs/custom-strategies.md)',
  },
  {
    id: 'null-to-converter',
    connector: 'its record converters refuse null when they are called by themselves',
    here: 'a null is never given to a converter: it is a tombstone, in the connector as well',
  },
] as const satisfies readonly Refusal[];

export type RefusalId = (typeof REFUSALS)[number]['id'];

/** How a refusal stands in docs/migrating.md. */
export const anchorOf = (id: string): string => `\`${id}\``;
