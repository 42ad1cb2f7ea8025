import { DOCUMENTDB_MEMORY, KINESIS_MEMORY, type Surroundings } from '../harness/surroundings.ts';
import type { LambdaOptions } from '../processes/lambda.ts';

/** A function and the least that does its job. */
export interface Pair {
  readonly name: 'Kinesis' | 'DocumentDB';
  readonly ours: LambdaOptions;
  readonly floor: LambdaOptions;
}

export const kinesisPair = ({ functions, kinesisEnvironment, awsEnvironment }: Surroundings): Pair => ({
  name: 'Kinesis',
  ours: { name: 'kinesisSink', file: functions.kinesisSink, environment: kinesisEnvironment() },
  floor: { name: 'floor', file: functions.peer('kinesis-floor'), environment: awsEnvironment(KINESIS_MEMORY) },
});

export const documentdbPair = (surroundings: Surroundings): Pair => ({
  name: 'DocumentDB',
  ours: {
    name: 'documentdbSink',
    file: surroundings.functions.documentdbSink,
    environment: surroundings.documentdbEnvironment(),
  },
  floor: {
    name: 'floor, TLS',
    file: surroundings.functions.peer('documentdb-floor'),
    environment: surroundings.awsEnvironment({ ...DOCUMENTDB_MEMORY, FLOOR_URI: floorUri(surroundings) }),
  },
});

/** Where the bare driver reaches the server over TLS, with SCRAM. */
export const floorUri = ({ documentdb, certificate }: Surroundings): string =>
  `mongodb://u:p@127.0.0.1:${documentdb.ports['tls']}/?directConnection=true&tls=true&tlsCAFile=${certificate.ca}&authMechanism=SCRAM-SHA-1&authSource=admin`;
