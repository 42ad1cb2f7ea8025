import type { Deployment } from './deployment.ts';

/** The `functions` section of serverless.yml. */
export const functionsOf = (deployment: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(
    deployment.functions.map((each) => [
      each.name,
      {
        handler: `dist/${each.folder}/index.handler`,
        role: `${each.id}Role`,
        memorySize: each.memoryMb,
        timeout: each.timeoutSeconds,
        environment: each.environment,
        // `Active` samples and traces; without it the function follows its caller, which traces nothing.
        ...(deployment.file.tracing && { tracing: 'Active' }),
        package: { patterns: [`dist/${each.folder}/**`] },
        ...(each.reservedConcurrency !== undefined && { reservedConcurrency: each.reservedConcurrency }),
        ...(each.vpc && { vpc: each.vpc }),
      },
    ]),
  );
