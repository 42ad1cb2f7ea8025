import type { DeployedFunction, DeployedMapping, Deployment } from '../template/deployment.ts';
import { type Alarm, AT_ONCE, standing, type WatchedMetric } from './alarm.ts';
import { lagAlarm } from './function-alarms.ts';

/**
 * Conditions of what Lambda publishes of a mapping. Only mappings in provisioned mode have these metrics, in the groups that
 * `trigger.metrics` names. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function mappingAlarms(
  { file }: Deployment,
  { trigger }: DeployedFunction,
  { logicalId, topic }: DeployedMapping,
): readonly Alarm[] {
  if (trigger.mode === 'onDemand') return [];
  const of = (metric: string, statistic: WatchedMetric['statistic']): WatchedMetric => ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { EventSourceMappingUUID: { Ref: logicalId } },
    statistic,
  });
  const groups: Readonly<Record<(typeof trigger.metrics)[number], readonly Alarm[]>> = {
    KafkaMetrics: [lagAlarm(of('MaxOffsetLag', 'Maximum'), file.alarms.lagRecordsMax)],
    EventCount: [
      {
        name: 'RecordsDropped',
        meaning: `Lambda gave records of ${topic} up and stored them nowhere. They are lost to the target, and stay in Kafka until its retention ends.`,
        metrics: { dropped: of('DroppedEventCount', 'Sum') },
        comparison: '>',
        threshold: 0,
        window: AT_ONCE,
      },
      {
        name: 'RecordsGivenUp',
        meaning: `Lambda gave records of ${topic} up after all attempts and sent them to ${trigger.onFailure === 'bucket' ? 'the dead-letter bucket' : trigger.onFailure}.`,
        metrics: { delivered: of('OnFailureDestinationDeliveredEventCount', 'Sum') },
        comparison: '>',
        threshold: 0,
        window: AT_ONCE,
      },
    ],
    ErrorCount: [
      {
        name: 'MappingErrors',
        meaning: `The mapping of ${topic} could not poll Kafka, commit offsets or reach its on-failure destination for a quarter of an hour.`,
        metrics: {
          polling: of('PollingErrorCount', 'Sum'),
          commit: of('CommitErrorCount', 'Sum'),
          destination: of('OnFailureDestinationDeliveryErrorCount', 'Sum'),
        },
        expression: 'FILL(polling, 0) + FILL(commit, 0) + FILL(destination, 0)',
        comparison: '>',
        threshold: 0,
        window: standing(),
      },
    ],
  };
  return trigger.metrics.flatMap((group) => groups[group]);
}
