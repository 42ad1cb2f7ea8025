import type { Job } from '../harness/job.ts';
import { median } from '../harness/median.ts';
import { putRecordPeer } from '../peers/put-record-peer.ts';
import { startContender } from '../processes/contender.ts';

const DELAY_MS = 5;
const SHAPE = { records: 4_000, partitions: 4, valueBytes: 1_000 };
/** The peer needs about 1.4 s for so many. */
const PEER_LOAD = { ...SHAPE, records: 1_000 };
const ROUNDS = 5;
const WARM_UP = 12;
const INVOCATIONS = 6;
const PEER = 'one PutRecord a message, Go';

export const kinesisDelay: Job = {
  name: 'kinesis-delay',
  says: `records per second where Kinesis answers after ${DELAY_MS} ms (one environment, 4 partitions), beside one PutRecord a message in Go`,
  async run({ functions, aws, certificate, kinesisEnvironment, awsEnvironment }, progress) {
    const peer = await putRecordPeer(progress);
    const contenders = await Promise.all(
      ['off', 'bucket'].map((aggregation) =>
        startContender({
          name: `aggregation ${aggregation}`,
          file: functions.kinesisSink,
          environment: kinesisEnvironment({ aggregation }),
          shape: SHAPE,
        }),
      ),
    );
    const theirs: number[] = [];
    const ours = new Map(contenders.map(({ name }) => [name, [] as number[]]));
    aws.send({ delayMs: DELAY_MS });
    try {
      for (const contender of contenders) await contender.run(WARM_UP);
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const contender of contenders) {
          const { wallMs } = await contender.run(INVOCATIONS);
          ours.get(contender.name)?.push((SHAPE.records * 1_000) / wallMs);
        }
        theirs.push(await peer.run(PEER_LOAD, awsEnvironment({ SSL_CERT_FILE: certificate.ca })));
      }
    } finally {
      aws.send({ delayMs: 0 });
      for (const contender of contenders) contender.stop();
    }
    return [...ours].map(([name, speeds]) => ({
      what: `Kinesis at ${DELAY_MS} ms, ${name}`,
      peer: PEER,
      unit: 'records/s' as const,
      ours: median(speeds),
      theirs: median(theirs),
      reach: { atLeast: 100 },
    }));
  },
};
