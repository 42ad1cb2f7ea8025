import { functionName, pollerGroupOf, triggerOf } from '../../sinks.ts';
import { PROVISIONED_SETTINGS } from '../trigger-settings.ts';
import { isWritten, ofEachTrigger, type Rule, sinksOf } from './checked-file.ts';

export const eachSinkHasTopics = ofEachTrigger((_, path, file, sink) =>
  isWritten(file, sink, 'trigger', 'topics') ||
  isWritten(file, 'trigger', 'topics') ||
  (sink === 'documentdbSink' && isWritten(file, sink, 'connector'))
    ? []
    : [`${path('topics')} is missing: write at least one topic`],
);

export const pollersAreARange = ofEachTrigger(({ pollersMin, pollersMax }, path) =>
  pollersMin === undefined || pollersMax === undefined || pollersMin <= pollersMax
    ? []
    : [`${path('pollersMin')} (${pollersMin}) is greater than pollersMax (${pollersMax})`],
);

/** Without provisioned pollers, Lambda ignores these settings or refuses them halfway through a deployment. */
export const provisionedSettingsHavePollers: Rule = (file) => {
  const onDemand = sinksOf(file).filter((sink) => triggerOf(file.sound, sink).mode === 'onDemand');
  const isForAll = onDemand.length > 0 && onDemand.length === sinksOf(file).length;
  const sections = [...(isForAll ? [['trigger']] : []), ...onDemand.map((sink) => [sink, 'trigger'])];
  return sections.flatMap((section) =>
    PROVISIONED_SETTINGS.filter((name) => isWritten(file, ...section, name)).map(
      (name) => `${[...section, name].join('.')} applies only to mode: provisioned; remove it for onDemand`,
    ),
  );
};

export const startIsWhole = ofEachTrigger(({ startingPosition, startingTimestamp }, path, file, sink) => {
  const hasTimestamp =
    isWritten(file, sink, 'trigger', 'startingTimestamp') || isWritten(file, 'trigger', 'startingTimestamp');
  if (startingPosition === 'AT_TIMESTAMP' && !hasTimestamp) {
    return [`${path('startingTimestamp')} is missing: AT_TIMESTAMP needs a time such as 2026-11-01T00:00:00Z`];
  }
  if (startingPosition !== undefined && startingPosition !== 'AT_TIMESTAMP' && startingTimestamp !== undefined) {
    return [
      `${path('startingTimestamp')} applies only to startingPosition: AT_TIMESTAMP; remove it for ${startingPosition}`,
    ];
  }
  return [];
});

export const registryKeyHasRegistry = ofEachTrigger(({ schemaRegistry, schemaRegistryKmsKeyArn }, path) =>
  schemaRegistryKmsKeyArn === undefined || schemaRegistry !== undefined
    ? []
    : [`${path('schemaRegistryKmsKeyArn')} needs schemaRegistry: the key decrypts the secrets of that registry`],
);

export const filterKeyHasFilter = ofEachTrigger(({ filter, filterKmsKeyArn }, path) =>
  filterKmsKeyArn === undefined || filter !== undefined
    ? []
    : [`${path('filterKmsKeyArn')} needs filter: the key encrypts the patterns`],
);

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html */
export const failuresGoElsewhere = ofEachTrigger(({ mode, onFailure, onFailureKmsKeyArn }, path, file) => {
  const [, topic] = /^kafka:\/\/(.+)$/.exec(onFailure ?? '') ?? [];
  // The other function would take failures for records, and could send them to a topic of this one.
  const topics = sinksOf(file).flatMap((sink) => triggerOf(file.sound, sink).topics ?? []);
  return [
    ...(topic !== undefined && mode === 'onDemand'
      ? [
          `${path('onFailure')} kafka:// applies only to mode: provisioned; write bucket, a queue or an SNS topic for onDemand`,
        ]
      : []),
    ...(topic !== undefined && topics.includes(topic)
      ? [`${path('onFailure')} names ${topic}, which is read: write another topic, or its failures would come back`]
      : []),
    ...(onFailureKmsKeyArn !== undefined && !onFailure?.startsWith('arn:')
      ? [
          `${path('onFailureKmsKeyArn')} needs a queue or an SNS topic in onFailure; the key of the bucket is deadLetters.kmsKeyArn`,
        ]
      : []),
  ];
});

/** Limits of one poller group: its mappings, and the sum of their pollers. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
const POLLER_GROUP_MAPPINGS_MAX = 100;
const POLLER_GROUP_POLLERS_MAX = 2000;

export const pollerGroupsFit: Rule = (file) => {
  const groups = new Map<string, { mappings: number; pollers: number }>();
  for (const sink of sinksOf(file)) {
    const { mode, pollerGroup, pollersMax = 0, topics = [] } = triggerOf(file.sound, sink);
    const group = pollerGroupOf(functionName(file.service, file.stage, sink), pollerGroup);
    if (mode !== 'provisioned' || group === '') continue;
    const { mappings, pollers } = groups.get(group) ?? { mappings: 0, pollers: 0 };
    groups.set(group, {
      mappings: mappings + topics.length,
      pollers: pollers + topics.length * pollersMax,
    });
  }
  return [...groups].flatMap(([group, { mappings, pollers }]) => [
    ...(mappings > POLLER_GROUP_MAPPINGS_MAX
      ? [
          `trigger.pollerGroup ${group} has ${mappings} mappings, at most ${POLLER_GROUP_MAPPINGS_MAX} are allowed: write another group for one of the functions, or pollerGroup: none`,
        ]
      : []),
    ...(pollers > POLLER_GROUP_POLLERS_MAX
      ? [
          `trigger.pollerGroup ${group} has ${pollers} pollers in total, at most ${POLLER_GROUP_POLLERS_MAX} are allowed: lower pollersMax, or write another group for one of the functions`,
        ]
      : []),
  ]);
};
