// Stands in for `@aws-sdk/credential-providers` in the bundles: the MongoDB driver asks it for credentials when it logs in
// with MONGODB-AWS, and in Lambda they stand in the environment, for as long as the environment lives.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime

/** @returns {() => Promise<{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }>} */
export const fromNodeProviderChain = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error("the function's role gave no credentials");
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
};
