import type { Job } from '../harness/job.ts';
import { KINESIS_MEMORY } from '../harness/surroundings.ts';
import { alternate, startContender } from '../processes/contender.ts';

const SHAPE = { records: 4_000, partitions: 4, valueBytes: 1_000 };

export const kinesisCpu: Job = {
  name: 'kinesis-cpu',
  says: 'CPU of an invocation of kinesisSink over HTTPS (4,000 x 1 KB, 4 partitions), beside the floor and the usual handler',
  async run({ functions, kinesisEnvironment, awsEnvironment }) {
    const ours = (aggregation: string) => ({
      name: `ours, aggregation ${aggregation}`,
      file: functions.kinesisSink,
      environment: kinesisEnvironment({ aggregation }),
    });
    const peer = (name: string, file: string, more = {}) => ({
      name,
      file,
      environment: awsEnvironment({ ...KINESIS_MEMORY, ...more }),
    });
    const all = [
      ours('off'),
      ours('key'),
      ours('bucket'),
      peer('floor', functions.peer('kinesis-floor')),
      peer('SDK defaults', functions.peer('kinesis-handler')),
      peer('NodeHttpHandler', functions.peer('kinesis-handler'), { HTTP1: '1' }),
    ];
    const contenders = await Promise.all(all.map((each) => startContender({ ...each, shape: SHAPE })));
    const costs = await alternate(contenders);
    for (const contender of contenders) contender.stop();
    const cpu = (name: string) => costs.get(name)?.cpuMs ?? Number.NaN;
    const row = (own: string, peerName: string, atMost: number) => ({
      what: `Kinesis, CPU of an invocation, ${own}`,
      peer: peerName,
      unit: 'ms' as const,
      ours: cpu(own),
      theirs: cpu(peerName),
      reach: { atMost },
    });
    return [
      row('ours, aggregation off', 'floor', 1.4),
      row('ours, aggregation key', 'floor', 1.4),
      row('ours, aggregation bucket', 'floor', 1.4),
      row('ours, aggregation off', 'SDK defaults', 0.5),
      row('ours, aggregation off', 'NodeHttpHandler', 0.75),
    ];
  },
};
