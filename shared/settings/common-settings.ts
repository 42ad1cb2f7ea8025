import * as v from 'valibot';
import { choice, text } from './parse-settings.ts';

/** What both functions are told by the deployment; a user writes none of these into a function's section. */
export const deploymentSettings = {
  stage: text('a stage name of letters, digits and dashes', /^[A-Za-z0-9-]{1,32}$/, 'The stage, as in --stage.'),
  serviceName: text('a service name', /^[A-Za-z0-9-]{1,64}$/, "The service's name in serverless.yml."),
  triggerMode: choice(
    ['provisioned', 'onDemand'],
    'Whether the mapping reads the response (provisioned) or an unsettled batch has to throw (onDemand).',
  ),
  deadLetterBucket: text(
    "an S3 bucket's name",
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'Where records that can never succeed are written.',
  ),
};

/** The names of {@link deploymentSettings}. */
export const DEPLOYMENT_SETTINGS = ['stage', 'serviceName', 'triggerMode', 'deadLetterBucket'] as const;

/** What both sinks let a user decide. */
export const sinkSettings = {
  onPoison: v.optional(
    choice(
      ['deadLetter', 'block', 'skip'],
      'What becomes of a record that can never succeed: a dead letter; block its lane until somebody mends it; or count and skip it.',
    ),
    'deadLetter',
  ),
};

export type PoisonPolicy = 'deadLetter' | 'block' | 'skip';
