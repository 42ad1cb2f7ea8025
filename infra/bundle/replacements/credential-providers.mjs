// Replaces `@aws-sdk/credential-providers` in the bundles. The MongoDB driver calls it for MONGODB-AWS credentials; Lambda
// provides them as environment variables, valid as long as the execution environment.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime

/** @returns {() => Promise<{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }>} */
export const fromNodeProviderChain = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Error('AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set: the function has no role credentials');
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
};
