import type { LocalRole } from './policies.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, MaxSessionDuration. */
export const ROLE_SESSION_SECONDS_MAX = 43_200;

/** Creates a role and its policy with IAM's query protocol; two calls do not justify another SDK client. */
export async function createRole(endpointUrl: string, region: string, role: LocalRole): Promise<void> {
  const call = async (parameters: Readonly<Record<string, string>>) =>
    await callIam({ endpointUrl, region, account: role.account }, parameters);
  await call({
    Action: 'CreateRole',
    RoleName: role.name,
    AssumeRolePolicyDocument: JSON.stringify(role.trustPolicy),
    MaxSessionDuration: String(ROLE_SESSION_SECONDS_MAX),
  });
  await call({
    Action: 'PutRolePolicy',
    RoleName: role.name,
    PolicyName: 'local',
    PolicyDocument: JSON.stringify(role.policy),
  });
}

interface IamTarget {
  readonly endpointUrl: string;
  readonly region: string;
  readonly account: string;
}

/** The emulator reads the administrator's account from this header and does not check the signature. */
async function callIam(
  { endpointUrl, region, account }: IamTarget,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const response = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/iam/aws4_request, SignedHeaders=host, Signature=0`,
    },
    // URLSearchParams sets the content type of a form.
    body: new URLSearchParams({ Version: '2010-05-08', ...parameters }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`IAM ${parameters['Action']} of ${parameters['RoleName']}: ${response.status} ${text}`);
}
