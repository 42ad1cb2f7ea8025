import type { FunctionName } from '../../engines/endpoints.ts';
import type { PartialFailureRetry } from '../../msk-trigger/machine/settings.ts';
import type { PoisonKind } from '../../orders/order-stream.ts';
import type { Session } from '../../session.ts';
import type { Controls } from '../state/view.ts';
import type { Act } from './act.ts';
import { createEngineSwitches } from './engine-switches.ts';

/** What the buttons do, and what they are set to. */
export interface Steering {
  controls(): Controls;
  /** Resolves to what happened, in a sentence. Rejects with an Error that says why nothing happened. */
  steer(act: Exclude<Act, { kind: 'redrive' }>): Promise<string>;
}

export interface SteeringOptions {
  readonly session: Session;
  readonly partialFailureRetry: PartialFailureRetry;
  /** The local AWS checks signatures. */
  readonly isSigned: boolean;
}

const WHY_NO_REFUSALS =
  'The local AWS checks signatures, so a request cannot be changed on its way. `npm start -- --unsigned` checks none.';
const WHY_NO_RULE = 'A connector file decides the collections.';

export function createSteering({ session, partialFailureRetry, isSigned }: SteeringOptions): Steering {
  const engines = createEngineSwitches({ kafka: session.kafka, ...session.targets });
  let faults = { throttledShare: 0, refusedShare: 0 };
  let reading = partialFailureRetry;
  let isRuleOn = false;
  const whyNoRule = session.stage.connector === undefined ? undefined : WHY_NO_RULE;

  const setFaults = (chosen: typeof faults, what: string): string => {
    session.kinesisProxy.setFaults({ throttled: chosen.throttledShare, withheld: chosen.refusedShare });
    faults = chosen;
    return `Kinesis ${what}`;
  };

  const setRule = async (isOn: boolean): Promise<string> => {
    if (whyNoRule !== undefined) throw new Error(whyNoRule);
    if (engines.isAway('documentdb')) throw new Error('DocumentDB is stopped: start it first.');
    await session.documents.setRule(isOn);
    isRuleOn = isOn;
    return isOn ? 'The collection refuses documents with review: "refused"' : 'The collection takes every document';
  };

  const sendPoison = async (kind: PoisonKind): Promise<string> => {
    if (engines.isAway('kafka')) throw new Error('Kafka is stopped: start it first.');
    if (kind === 'refused') await setRule(true);
    const { partition, offset } = await session.feed.producePoison(kind);
    return `A poison record is in Kafka: ${session.stage.topic}-${partition}@${offset}`;
  };

  const produce = async (count: number): Promise<string> => {
    if (engines.isAway('kafka')) throw new Error('Kafka is stopped: start it first.');
    await session.produce(count);
    return `${count.toLocaleString('en-US')} more records are in Kafka`;
  };

  return {
    controls: () => ({
      engines: engines.views(),
      ...faults,
      whyNoRefusals: isSigned ? WHY_NO_REFUSALS : undefined,
      partialFailureRetry: reading,
      ...{ isRuleOn, whyNoRule },
    }),
    async steer(act) {
      switch (act.kind) {
        case 'engine':
          return await engines.set(act.engine, act.isAway);
        case 'throttle':
          return setFaults({ ...faults, throttledShare: act.share }, `throttles ${percent(act.share)} of the requests`);
        case 'refuse':
          if (isSigned && act.share > 0) throw new Error(WHY_NO_REFUSALS);
          return setFaults({ ...faults, refusedShare: act.share }, `refuses ${percent(act.share)} of the entries`);
        case 'poison':
          return await sendPoison(act.poison);
        case 'produce':
          return await produce(act.count);
        case 'killFunction':
          await processOf(session, act.sink).kill();
          return `The processes of ${act.sink} were killed`;
        case 'retryReading':
          for (const { trigger } of session.pipeline.sinks) trigger.partialFailuresReadAs(act.reading);
          reading = act.reading;
          return `After a partial failure the mappings repeat ${REPEATED[reading]}`;
        case 'rule':
          return await setRule(act.isOn);
      }
    },
  };
}

const REPEATED: Readonly<Record<PartialFailureRetry, string>> = {
  fromLowest: 'everything from the lowest named record on',
  listedOnly: 'the named records only',
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function processOf({ pipeline }: Session, sink: FunctionName) {
  const running = pipeline.sinks.find(({ name }) => name === sink);
  if (running === undefined) throw new Error(`${sink} does not run`);
  return running.process;
}
