import * as v from 'valibot';
import { choice, text } from './parse-settings.ts';

/** A setting of a whole stage, which the deployment gives both functions. */
export const metricsLevel = v.optional(
  choice(
    ['full', 'essential'],
    'The custom metrics that the functions publish. `essential`: those that alarms and the dashboard need. CloudWatch charges for each metric: docs/operations.md.',
  ),
  'full',
);

export const STAGE_LENGTH_MAX = 32;

/** Settings that the deployment gives both functions. A user writes none of them into a function's section. */
export const deploymentSettings = {
  stage: text(
    'a stage name of letters, digits and dashes',
    new RegExp(`^[A-Za-z0-9-]{1,${STAGE_LENGTH_MAX}}$`),
    'Stage name, as given to --stage.',
  ),
  serviceName: text('a service name', /^[A-Za-z0-9-]{1,64}$/, 'Service name from serverless.yml.'),
  triggerMode: choice(
    ['provisioned', 'onDemand'],
    'Mode of the event source mapping. `provisioned`: Lambda reads the response, which names unsettled records. `onDemand`: Lambda ignores the response, so the function throws if a record is unsettled.',
  ),
  deadLetterBucket: text("an S3 bucket's name", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Bucket for dead letters.'),
  metrics: metricsLevel,
};

/** The names of {@link deploymentSettings}. */
export const DEPLOYMENT_SETTINGS = ['stage', 'serviceName', 'triggerMode', 'deadLetterBucket', 'metrics'] as const;

/** Settings of both sinks that a user decides. */
export const sinkSettings = {
  onPoison: v.optional(
    choice(
      ['deadLetter', 'block', 'skip'],
      'What happens to a record that can never be written. `deadLetter`: writes a dead letter to S3. `block`: holds the lane until the record is fixed or skipped. `skip`: counts the record and ignores it. An invocation that holds a blocked record lasts until 5 s before its timeout: docs/guarantees.md has the cost.',
    ),
    'deadLetter',
  ),
};

export type PoisonPolicy = 'deadLetter' | 'block' | 'skip';
