import type { SinkName } from '../../../infra/sinks.ts';
import type { Generator } from './generator.ts';

type FaultTable = Readonly<Record<string, SinkName | 'both'>>;

/** The faults that version 1 of the generator plans. Nothing is added here: the stories of version 1 stay the same. */
const FAULTS_OF_1 = {
  // Kinesis
  'kinesis.entryThrottled': 'kinesisSink',
  'kinesis.entryFailed': 'kinesisSink',
  /** A shard takes no more than so many entries in a second. */
  'kinesis.shardLimit': 'kinesisSink',
  /** One shard takes nothing. */
  'kinesis.shardThrottled': 'kinesisSink',
  'kinesis.requestThrottled': 'kinesisSink',
  /** A 5xx; half of them after the entries were stored. */
  'kinesis.serverError': 'kinesisSink',
  'kinesis.requestLost': 'kinesisSink',
  /** Stored, and the connection is cut. */
  'kinesis.answerLost': 'kinesisSink',
  /** The request reaches the service late, also after the caller gave up. */
  'kinesis.slow': 'kinesisSink',
  'kinesis.shortAnswer': 'kinesisSink',
  'kinesis.accessDenied': 'kinesisSink',
  'kinesis.kmsRefused': 'kinesisSink',
  'kinesis.tokenExpired': 'kinesisSink',
  'kinesis.describeFailed': 'kinesisSink',
  /** From the beginning on the stream distributes its records by itself, until somebody sets it back. */
  'kinesis.automatic': 'kinesisSink',
  /** A shard is split, or two are merged. */
  'kinesis.resharded': 'kinesisSink',
  /** An aggregate is stored in a shard that a split or a merge made. */
  'kinesis.aggregateResharded': 'kinesisSink',
  /** An aggregate is rejected by itself: one of its records can never be accepted. */
  'kinesis.aggregateRejected': 'kinesisSink',
  'sts.refused': 'kinesisSink',
  'sts.unreachable': 'kinesisSink',
  // DocumentDB
  /** No primary for a while: commands are refused, and unacknowledged writes may be rolled back. */
  'documentdb.failover': 'documentdbSink',
  'documentdb.requestLost': 'documentdbSink',
  'documentdb.answerLost': 'documentdbSink',
  'documentdb.slow': 'documentdbSink',
  /** Written, but not by a majority in time. */
  'documentdb.writeConcern': 'documentdbSink',
  /** What no answer vouched for is gone after a failover. */
  'documentdb.rolledBack': 'documentdbSink',
  /** Right after a failover a read may return an older state. */
  'documentdb.staleRead': 'documentdbSink',
  'documentdb.statementFailed': 'documentdbSink',
  'documentdb.noServer': 'documentdbSink',
  'documentdb.credentialsRefused': 'documentdbSink',
  'documentdb.unauthorized': 'documentdbSink',
  /** Another writer gets in between an upsert's find and its insert. */
  'documentdb.insertedFirst': 'documentdbSink',
  // The dead-letter bucket
  'bucket.refused': 'both',
  'bucket.requestLost': 'both',
  'bucket.answerLost': 'both',
  'bucket.slow': 'both',
  // Lambda
  'lambda.killed': 'both',
  /** The process stands still for a while: it may wake up after its time, as a zombie. */
  'lambda.stalled': 'both',
  'lambda.zombie': 'both',
  'lambda.coldStart': 'both',
  // The mapping
  /** It starts anew at the committed offsets, whatever is under way. */
  'mapping.restarted': 'both',
  'mapping.commitLost': 'both',
  'mapping.gaveUp': 'both',
  // Kafka
  'kafka.partitionsRaised': 'both',
  /** Offsets begin at 0 again. In DocumentDB, whose guard compares offsets, the topic then gets a new epoch. */
  'kafka.topicRecreated': 'both',
} as const satisfies FaultTable;

/** The faults that came with version 2. */
const FAULTS_SINCE_2 = {
  /** A read of marks is refused for good, although writes are taken. */
  'documentdb.readRefused': 'documentdbSink',
  /** The time of day is set back. */
  'lambda.clockSetBack': 'both',
  /** Every request is rejected as if a record in it were bad. */
  'kinesis.allRejected': 'kinesisSink',
  /** No write is taken, not even one that changes nothing, and the code may as well blame a document. */
  'documentdb.writesRefused': 'documentdbSink',
} as const satisfies FaultTable;

/** The faults that came with version 3. */
const FAULTS_SINCE_3 = {
  /** Under warm environments the stream begins to distribute its records by itself, until somebody sets it back. */
  'kinesis.switched': 'kinesisSink',
  /** A write is refused a few times, with a code that may as well blame it, and then taken. */
  'documentdb.statementDoubted': 'documentdbSink',
  /** The same of a command as a whole. */
  'documentdb.commandDoubted': 'documentdbSink',
  /** No write is taken, with the code of conflicting operators; one that changes nothing is. */
  'documentdb.writesThrottled': 'documentdbSink',
  /** No write is taken, not even one that changes nothing, with the code that records are refused with. */
  'documentdb.writesRefusedAlike': 'documentdbSink',
  /** The schema registry does not answer, or the connection breaks. */
  'registry.silent': 'documentdbSink',
  'registry.slow': 'documentdbSink',
  /** It answers that it cannot answer. */
  'registry.failed': 'documentdbSink',
  /** It refuses the credentials. */
  'registry.refused': 'documentdbSink',
  /** Something else answers in its place. */
  'registry.replaced': 'documentdbSink',
  /** It has not heard of the schema yet. */
  'registry.behind': 'documentdbSink',
  /** It refuses every second schema, or has one for it that the function does not follow, until somebody mends that. */
  'registry.refusesSome': 'documentdbSink',
  /** From then on it has another address, which its users are told by the placeholder in their settings. */
  'registry.moved': 'documentdbSink',
  /** AWS Glue takes a session no more, long before the session's time. */
  'registry.sessionEnded': 'documentdbSink',
  /** A command takes so long for each of its statements. */
  'documentdb.slowStatements': 'documentdbSink',
  /** Any code of an outage, of a command or of one write. */
  'documentdb.outageOfAnyCode': 'documentdbSink',
  /** The engine does not have what a command needs: as long as that lasts, no command is taken. */
  'documentdb.unsupported': 'documentdbSink',
  /** Indexes are neither listed nor made. */
  'documentdb.indexRefused': 'documentdbSink',
} as const satisfies FaultTable;

/** Everything that can go wrong, and for which sink. Each has a counter, so that one that never happens is seen. */
export const FAULTS = { ...FAULTS_OF_1, ...FAULTS_SINCE_2, ...FAULTS_SINCE_3 };

export type FaultKind = keyof typeof FAULTS;

const KINDS_OF = { 1: FAULTS_OF_1, 2: { ...FAULTS_OF_1, ...FAULTS_SINCE_2 }, 3: FAULTS } satisfies Record<
  Generator,
  FaultTable
>;

/** What a version of the generator plans, for both sinks. */
export const faultKindsIn = (generator: Generator): readonly FaultKind[] =>
  Object.keys(KINDS_OF[generator]) as FaultKind[];

export const faultKindsOf = (sink: SinkName, generator: Generator): readonly FaultKind[] =>
  faultKindsIn(generator).filter((kind) => FAULTS[kind] === sink || FAULTS[kind] === 'both');
