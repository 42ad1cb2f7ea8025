import type { Job } from '../harness/job.ts';
import { DOCUMENTDB_MEMORY } from '../harness/surroundings.ts';
import { alternate, startContender } from '../processes/contender.ts';
import { plainUri, withConnectorFile } from './connector-file.ts';
import { floorUri } from './pairs.ts';

const SHAPE = { records: 4_000, partitions: 4, valueBytes: 1_000, keyFormat: 'json' as const };

export const documentdbCpu: Job = {
  name: 'documentdb-cpu',
  says: 'CPU of a record of documentdbSink (4,000 x 1 KB, 4 partitions), beside one bulk write by the bare driver',
  async run(surroundings) {
    const { functions, documentdbEnvironment, awsEnvironment } = surroundings;
    const floor = (name: string, uri: string) => ({
      name,
      file: functions.peer('documentdb-floor'),
      environment: awsEnvironment({ ...DOCUMENTDB_MEMORY, FLOOR_URI: uri }),
    });
    const all = [
      { name: 'native', file: functions.documentdbSink, environment: documentdbEnvironment() },
      floor('floor, TLS', floorUri(surroundings)),
      await withConnectorFile(surroundings, 'JsonConverter'),
      await withConnectorFile(surroundings, 'StringConverter'),
      floor('floor, plain TCP', plainUri(surroundings)),
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
