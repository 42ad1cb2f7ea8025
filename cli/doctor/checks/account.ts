import type { Check } from '../context.ts';
import { failed, ok } from '../finding.ts';

const TITLE = 'credentials';

/** Whose account the credentials belong to. Without this answer nothing else is asked. */
export const checkCredentials: Check = async ({ ask, deployment }) => {
  const { accountId } = deployment.file;
  const answer = await ask('sts get-caller-identity');
  if (answer.kind !== 'value') {
    const why = answer.kind === 'failed' ? answer.code : 'AWS refused them';
    return [
      failed(
        TITLE,
        why,
        'sign in (aws sso login, or AWS_PROFILE), or install the AWS CLI: https://aws.amazon.com/cli/',
      ),
    ];
  }
  const { Account, Arn } = answer.value;
  if (Account === accountId) return [ok(TITLE, String(Arn))];
  return [
    failed(TITLE, `of account ${Account}`, `sign in to ${accountId}, which config/${deployment.stage}.yml names`),
  ];
};
