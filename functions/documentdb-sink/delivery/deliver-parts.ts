import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import { skipped } from '../../../shared/outcome.ts';
import type { SourcePosition } from '../../../shared/record.ts';
import type { Behind, LanesByNamespace, Part } from '../lanes/lay-lanes.ts';

/** Delivers all parts at once: no partition waits for another one (G4). */
export async function deliverParts(
  parts: readonly Part[],
  outcomes: OutcomeCollector,
  deliver: (lanes: LanesByNamespace) => Promise<void>,
): Promise<void> {
  const deliverPart = async ({ lanes, behind }: Part): Promise<void> => {
    await deliver(lanes);
    if (behind === undefined) return;
    const blockedBy = firstUnsettled(behind, outcomes);
    if (blockedBy === undefined) await deliver(behind.lanes);
    else skip(behind, blockedBy, outcomes);
  };
  await Promise.all(parts.map(deliverPart));
}

/** A record that may be delivered again must not be overtaken by a record that may be of its document (G3). */
const firstUnsettled = ({ waitsFor }: Behind, outcomes: OutcomeCollector): SourcePosition | undefined =>
  waitsFor.find(({ index }) => !outcomes.isSettled(index))?.record.position;

function skip({ lanes }: Behind, blockedBy: SourcePosition, outcomes: OutcomeCollector): void {
  for (const { items } of [...lanes.values()].flat()) {
    for (const { index, record } of items) outcomes.record({ index, outcome: skipped(record.position, blockedBy) });
  }
}
