import type { Deployment } from '../template/deployment.ts';
import { alarmNamesOf, alarmsOf } from './alarm-resources.ts';
import { dashboardOf } from './dashboard.ts';
import { QUERIES, queryText } from './queries.ts';

/** Alarms, a dashboard and saved queries, if the stage file names a topic for the alarms. */
export function operationsOf(deployment: Deployment): Readonly<Record<string, object>> {
  const { topicArn, dashboard } = deployment.file.alarms;
  if (topicArn === undefined) return {};
  return {
    ...alarmsOf(deployment, topicArn),
    ...(dashboard && { ...dashboardOf(deployment, alarmNamesOf(deployment)), ...queriesOf(deployment) }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-querydefinition.html */
const queriesOf = ({ service, stage, functions }: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(
    QUERIES.map(({ id, title, text }) => [
      `${id}Query`,
      {
        Type: 'AWS::Logs::QueryDefinition',
        // CloudWatch takes only log groups that exist.
        DependsOn: functions.map((each) => `${each.id}LogGroup`),
        Properties: {
          Name: `${service}-${stage}/${title}`,
          LogGroupNames: functions.map(({ functionName }) => `/aws/lambda/${functionName}`),
          QueryString: queryText(text),
        },
      },
    ]),
  );
