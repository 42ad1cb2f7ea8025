import type { Lane, Step } from '../../functions/documentdb-sink/lanes/lane.ts';
import { lanesOf, layLanes } from '../../functions/documentdb-sink/lanes/lay-lanes.ts';
import type { ScheduleMoment } from '../../functions/documentdb-sink/lanes/partition-lanes.ts';
import { Schedule } from '../../functions/documentdb-sink/lanes/schedule.ts';
import { DocumentsOut } from '../../functions/documentdb-sink/lanes/wave-bounds.ts';
import type { WriteResult } from '../../functions/documentdb-sink/lanes/write-result.ts';
import { poison } from '../../shared/outcome.ts';
import { aMoment } from './a-lane.ts';
import { batchesOf } from './builders.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from './write-models.ts';

export const NOW_MS = 10_000;
export const FAILURE = { code: 'target_failed', retryable: true, mayBeWritten: false, detail: '' } as const;
export const NO_JSON = poison('payload_invalid', 'no JSON');
export const RETRY: WriteResult = { kind: 'retry', failure: FAILURE, commandSize: 1 };
export const COLLISION: WriteResult = { kind: 'collision' };

const MODELS = {
  put: (id: string) => replaceOf({ _id: id }, { _id: id }),
  inc: (id: string) => updateOf({ _id: id }, { $inc: { n: 1 } }),
  del: (id: string) => deleteOf({ _id: id }),
  ins: (id: string) => insertOf({ _id: id }),
};

/** The schedule of one collection. `0 put a`: a record of partition 0 that replaces the document `a`; `0 bad a`: one that is poison. */
export function aSchedule(...lines: readonly string[]) {
  const { mapper, record, other } = planned();
  const records = lines.map((line, offset) => {
    const [partition, kind, id] = line.split(' ') as [string, keyof typeof MODELS | 'bad', string];
    const parts = { partition: Number(partition), offset };
    if (kind === 'bad')
      return other(parts, { kind: 'poison', namespace: undefined, filter: undefined, failure: NO_JSON });
    return record(parts, [MODELS[kind](id)]);
  });
  const settings = { deletes: 'hard', epochs: new Map() } as const;
  const lanes = lanesOf(layLanes(batchesOf(records), mapper, settings, 0));
  const schedule = new Schedule(lanes, new DocumentsOut());
  const nameOf = ({ lane, from }: Step) => lines[lane.items[from]?.record.position.offset ?? -1];
  const out = new Map<string, Step>();
  return {
    schedule,
    lanes,
    laneOf: (line: string) =>
      lanes.find(({ items }) => items.some((item) => lines[item.record.position.offset] === line)) as Lane,
    /** What is sent now, as groups of lines. */
    claim(moment: Partial<ScheduleMoment> = {}) {
      const groups = schedule.claim({
        nowMs: NOW_MS,
        isOrdered: false,
        writtenCount: 0,
        isDecidable: () => true,
        ...moment,
      });
      for (const step of groups.flat()) out.set(nameOf(step) ?? '', step);
      return groups.map((group) => group.map(nameOf));
    },
    /** What the server says of a line that was claimed. */
    hear(line: string, result: WriteResult = { kind: 'written' }, moment: Parameters<typeof aMoment>[0] = {}) {
      const step = out.get(line) as Step;
      step.lane.apply({ step, result }, aMoment({ nowMs: NOW_MS, retryAtMs: NOW_MS, ...moment }));
      schedule.release(step, moment.nowMs ?? NOW_MS);
    },
    steps: (...names: readonly string[]) => names.map((name) => out.get(name) as Step),
  };
}
