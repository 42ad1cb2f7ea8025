import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Curve, extremesOf, measureCurve, type Step } from '../growth/curve.ts';
import { svgOf } from '../growth/plot.ts';
import type { Job, Row } from '../harness/job.ts';
import type { Surroundings } from '../harness/surroundings.ts';
import { startContender } from '../processes/contender.ts';

/** The plots of the last run. */
export const PLOTS = join(import.meta.dirname, '..', '..', '.local', 'bench', 'plots');

const SMALL = { partitions: 1, valueBytes: 250 };
const keySteps = [1, 100, 10_000].map((keys): Step => ({ at: keys, shape: { ...SMALL, records: 10_000, keys } }));
const batchSteps = [1, 10, 100, 1_000, 10_000].map((records): Step => ({ at: records, shape: { ...SMALL, records } }));

export const keys: Job = {
  name: 'keys',
  says: 'CPU of a record of both functions over 1, 100 and 10,000 distinct keys (10,000 x 250 B), the worst beside the best',
  async run(surroundings) {
    const curves = await curvesOf(surroundings, (name) =>
      // Without aggregation one key means one request a record.
      name === 'Kinesis, aggregation off' ? keySteps.slice(1) : keySteps,
    );
    await plot('keys', 'Cost of a record over distinct keys', 'distinct keys', curves);
    return curves.map((curve): Row => {
      const { worst, best } = extremesOf(curve);
      return {
        what: `${curve.name}, CPU of a record with ${amount(worst.at)}`,
        peer: `with ${amount(best.at)}`,
        unit: 'us/record',
        ours: worst.usPerRecord,
        theirs: best.usPerRecord,
        reach: { atMost: 1.5 },
      };
    });
  },
};

export const batch: Job = {
  name: 'batch',
  says: 'CPU of a record of both functions over 1 to 10,000 records a batch (250 B)',
  async run(surroundings) {
    const curves = await curvesOf(surroundings, () => batchSteps);
    await plot('batch', 'Cost of a record over records a batch', 'records a batch', curves);
    return curves.map((curve): Row => {
      const [last, before] = [curve.points.at(-1), curve.points.at(-2)];
      return {
        what: `${curve.name}, CPU of a record in a batch of 10,000`,
        peer: 'in a batch of 1,000',
        unit: 'us/record',
        ours: last?.usPerRecord ?? Number.NaN,
        theirs: before?.usPerRecord ?? Number.NaN,
        reach: { atMost: 1.5 },
      };
    });
  },
};

async function curvesOf(
  { functions, kinesisEnvironment, documentdbEnvironment }: Surroundings,
  stepsOf: (name: string) => readonly Step[],
): Promise<readonly Curve[]> {
  const kinesis = (aggregation: string) => ({
    name: `Kinesis, aggregation ${aggregation}`,
    file: functions.kinesisSink,
    environment: kinesisEnvironment({ aggregation }),
  });
  const all = [
    kinesis('off'),
    kinesis('key'),
    kinesis('bucket'),
    { name: 'DocumentDB', file: functions.documentdbSink, environment: documentdbEnvironment() },
  ];
  const curves: Curve[] = [];
  for (const each of all) {
    const contender = await startContender({ ...each, shape: { ...SMALL, records: 1_000 } });
    try {
      await contender.run(20);
      curves.push(await measureCurve(contender, stepsOf(each.name)));
    } finally {
      contender.stop();
    }
  }
  return curves;
}

async function plot(name: string, title: string, across: string, curves: readonly Curve[]): Promise<void> {
  await mkdir(PLOTS, { recursive: true });
  await writeFile(join(PLOTS, `${name}.svg`), svgOf({ title, across, curves }));
}

const amount = (count: number): string => `${count.toLocaleString('en-US')} key${count === 1 ? '' : 's'}`;
