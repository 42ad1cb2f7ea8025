import type { DeployedFunction, Deployment } from '../template/deployment.ts';
import { tagged } from '../template/tags.ts';
import { hashOf, topicId } from '../template/topic-id.ts';
import { type Alarm, conditionOf, runbookOf } from './alarm.ts';
import { functionAlarms } from './function-alarms.ts';
import { mappingAlarms } from './mapping-alarms.ts';

type Resources = Readonly<Record<string, object>>;

/** An alarm with the names of its resource. */
interface NamedAlarm {
  readonly alarm: Alarm;
  readonly logicalId: string;
  readonly alarmName: string;
}

/** The alarms of both functions and their mappings. */
export const alarmsOf = (deployment: Deployment, topicArn: string): Resources =>
  Object.fromEntries(
    deployment.functions.flatMap((each) => {
      const alarms = namedAlarms(deployment, each);
      return [
        ...alarms.map((named) => [named.logicalId, alarmResource(deployment, named, topicArn)]),
        [`${each.id}StandsAlarm`, standsAlarm(deployment, each, alarms)],
      ];
    }),
  );

/** The names of {@link alarmsOf}: what stands first, then the others. */
export const alarmNamesOf = (deployment: Deployment): readonly string[] => [
  ...deployment.functions.map(standsNameOf),
  ...deployment.functions.flatMap((each) => namedAlarms(deployment, each).map(({ alarmName }) => alarmName)),
];

const standsNameOf = ({ functionName }: DeployedFunction): string => `${functionName}-Stands`;

const namedAlarms = (deployment: Deployment, each: DeployedFunction): readonly NamedAlarm[] => [
  ...functionAlarms(deployment, each).map((alarm) => ({
    alarm,
    logicalId: `${each.id}${alarm.name}Alarm`,
    alarmName: `${each.functionName}-${alarm.name}`,
  })),
  ...each.mappings.flatMap((mapping) =>
    mappingAlarms(deployment, each, mapping).map((alarm) => ({
      alarm,
      logicalId: `${each.id}${alarm.name}${topicId(mapping.topic)}Alarm`,
      alarmName: mappingAlarmName(each.functionName, mapping.topic, alarm.name),
    })),
  ),
];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const ALARM_NAME_CHARACTERS_MAX = 255;

/** A topic may have 249 characters: of a longer name only the end of the topic goes, and a hash tells the topics apart. */
function mappingAlarmName(functionName: string, topic: string, name: string): string {
  const whole = `${functionName}-${topic}-${name}`;
  const excess = whole.length - ALARM_NAME_CHARACTERS_MAX;
  if (excess <= 0) return whole;
  const hash = hashOf(topic);
  return `${functionName}-${topic.slice(0, -(excess + hash.length + 1))}-${hash}-${name}`;
}

const alarmResource = ({ file }: Deployment, { alarm, alarmName }: NamedAlarm, topicArn: string): object => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: alarmName,
    AlarmDescription: `${alarm.meaning} What to do: ${runbookOf(alarm)}`,
    ...conditionOf(alarm),
    AlarmActions: [topicArn],
    OKActions: [topicArn],
    ...tagged(file.tags),
  },
});

const BLOCKED = ['RecordsBlocked'];
/** What says that records wait, and what says that they are not written. */
const WAITING = ['RecordAge', 'LagGrowing'];
const NOT_WRITTEN = ['RecordsUnsettled', 'Errors', 'Throttles', 'MappingErrors'];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const CHILDREN_MAX = 100;
const RULE_CHARACTERS_MAX = 10_240;

/**
 * The alarm to get up for: a record blocks its lane, or records wait and are not written.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
 */
function standsAlarm({ file }: Deployment, each: DeployedFunction, alarms: readonly NamedAlarm[]): object {
  const children = childrenOf(alarms);
  const anyOf = (names: readonly string[]) =>
    children
      .filter(({ alarm }) => names.includes(alarm.name))
      .map(termOf)
      .join(OR);
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    DependsOn: children.map(({ logicalId }) => logicalId),
    Properties: {
      AlarmName: standsNameOf(each),
      AlarmDescription: `${each.name} stands: a record blocks its lane, or records wait and are not written. What to do: ${runbookOf({ name: 'Stands' })}`,
      AlarmRule: `${anyOf(BLOCKED)} OR ((${anyOf(WAITING)}) AND (${anyOf(NOT_WRITTEN)}))`,
      AlarmActions: [file.alarms.pageTopicArn ?? file.alarms.topicArn],
      OKActions: [file.alarms.pageTopicArn ?? file.alarms.topicArn],
      ...tagged(file.tags),
    },
  };
}

const OR = ' OR ';
const termOf = ({ alarmName }: NamedAlarm): string => `ALARM("${alarmName}")`;

/** As many as a rule has room for: the function's own alarms first, which know every topic. */
function childrenOf(alarms: readonly NamedAlarm[]): readonly NamedAlarm[] {
  const names = [...BLOCKED, ...WAITING, ...NOT_WRITTEN];
  let characters = PARENTHESES.length;
  return alarms
    .filter(({ alarm }) => names.includes(alarm.name))
    .slice(0, CHILDREN_MAX)
    .filter((child) => {
      characters += termOf(child).length + OR.length;
      return characters <= RULE_CHARACTERS_MAX;
    });
}

const PARENTHESES = '(() AND ())';
