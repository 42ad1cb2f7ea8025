import type { EventShape } from '../harness/event.ts';
import type { Job } from '../harness/job.ts';
import { median } from '../harness/median.ts';
import { NATIVE } from '../harness/surroundings.ts';
import { startContender } from '../processes/contender.ts';

const ROUNDS = 3;
const BOUND_US = 300;
const shapeOf = (records: number): EventShape => ({ records, partitions: 1, valueBytes: 250 });
const [FEW, MANY] = [shapeOf(1_000), shapeOf(10_000)];

export const uniqueIndex: Job = {
  name: 'unique-index',
  says: 'CPU of a record of documentdbSink where every record meets another unique index and is skipped, 1,000 and 10,000 a batch',
  async run({ functions, documentdb, documentdbEnvironment }) {
    const contender = await startContender({
      name: 'documentdbSink',
      file: functions.documentdbSink,
      environment: documentdbEnvironment({ ...NATIVE, onPoison: 'skip' }),
      shape: FEW,
    });
    const costs: { readonly few: number[]; readonly many: number[] } = { few: [], many: [] };
    const usOf = async (shape: EventShape) => ((await contender.run(1, shape)).cpuMs * 1_000) / shape.records;
    await contender.run(12);
    documentdb.send({ refuses: true });
    try {
      await contender.run(2);
      for (let round = 0; round < ROUNDS; round += 1) {
        costs.few.push(await usOf(FEW));
        costs.many.push(await usOf(MANY));
      }
    } finally {
      documentdb.send({ refuses: false });
      contender.stop();
    }
    const row = {
      what: 'DocumentDB, CPU of a record that meets another unique index, 10,000 a batch',
      unit: 'us/record' as const,
      ours: median(costs.many),
    };
    return [
      { ...row, peer: '1,000 a batch', theirs: median(costs.few), reach: { atMost: 1.5 } },
      { ...row, peer: 'bound', theirs: BOUND_US, reach: { atMost: 1 } },
    ];
  },
};
