import { alternate, startContender } from '../harness/contender.ts';
import type { Job } from '../harness/job.ts';
import { floorUri } from './pairs.ts';

const SHAPE = { records: 4_000, partitions: 4, valueBytes: 1_000, keyFormat: 'json' as const };
const CONNECT = 'org.apache.kafka.connect';
const SINK = 'com.mongodb.kafka.connect.sink';
const converters = (name: string) => ({
  'key.converter': `${CONNECT}.${name}`,
  'value.converter': `${CONNECT}.${name}`,
});

export const documentdbCpu: Job = {
  name: 'documentdb-cpu',
  says: 'CPU of a record of documentdbSink (4,000 x 1 KB, 4 partitions), beside one bulk write by the bare driver',
  async run(surroundings) {
    const { functions, documentdb, documentdbEnvironment, awsEnvironment } = surroundings;
    const plainUri = `mongodb://127.0.0.1:${documentdb.ports['plain']}/?directConnection=true&tls=false`;
    const connector = (properties: Readonly<Record<string, string>>) => ({
      topics: 'orders',
      'connection.uri': plainUri,
      database: 'shop',
      collection: 'orders',
      'errors.tolerance': 'all',
      'document.id.strategy': `${SINK}.processor.id.strategy.ProvidedInKeyStrategy`,
      'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneDefaultStrategy`,
      ...properties,
    });
    const json = {
      ...converters('json.JsonConverter'),
      'key.converter.schemas.enable': 'false',
      'value.converter.schemas.enable': 'false',
    };
    const withConnector = documentdbEnvironment({ connector: 'config/connectors/bench.properties' });
    const floor = functions.peer('documentdb-floor');
    const all = [
      { name: 'native', file: functions.documentdbSink, environment: documentdbEnvironment() },
      { name: 'floor, TLS', file: floor, environment: awsEnvironment({ FLOOR_URI: floorUri(surroundings) }) },
      {
        name: 'JsonConverter',
        file: await functions.withConnector('documentdb-json', connector(json)),
        environment: withConnector,
      },
      {
        name: 'StringConverter',
        file: await functions.withConnector('documentdb-string', connector(converters('storage.StringConverter'))),
        environment: withConnector,
      },
      { name: 'floor, plain TCP', file: floor, environment: awsEnvironment({ FLOOR_URI: plainUri }) },
    ];
    const contenders = await Promise.all(all.map((each) => startContender({ ...each, shape: SHAPE })));
    const costs = await alternate(contenders);
    for (const contender of contenders) contender.stop();
    const perRecord = (name: string) => ((costs.get(name)?.cpuMs ?? Number.NaN) * 1_000) / SHAPE.records;
    const row = (own: string, peer: string) => ({
      what: `DocumentDB, CPU of a record, ${own}`,
      peer,
      unit: 'us/record' as const,
      ours: perRecord(own),
      theirs: perRecord(peer),
    });
    return [
      { ...row('native', 'floor, TLS'), reach: { atMost: 0.8 } },
      row('JsonConverter', 'floor, plain TCP'),
      row('StringConverter', 'floor, plain TCP'),
    ];
  },
};
