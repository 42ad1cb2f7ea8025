/** Either spelling of V8's options for the two generations of the heap. */
const OWN_HEAP = /--max[-_](?:semi|old)[-_]space[-_]size/;

/**
 * The arguments with which Lambda's runtime starts Node: a twentieth of the memory for each half of the young generation, nine tenths
 * for the old one. A function that sizes either of them in NODE_OPTIONS gets V8's own size for the other.
 * `/var/runtime/bootstrap` of nodejs16.x: https://github.com/afunsten/aws-lambda-container/blob/main/var/runtime/bootstrap; what of
 * nodejs24.x was to be had begins in the same way:
 * https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je
 */
export function nodeArguments(environment: Readonly<Record<string, string>>): readonly string[] {
  const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory, NODE_OPTIONS: options = '' } = environment;
  const always = ['--expose-gc', '--max-http-header-size=81920'];
  if (memory === undefined || OWN_HEAP.test(options)) return always;
  const newSpaceMb = Math.floor(Number(memory) / 10);
  return [
    ...always,
    `--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`,
    `--max-old-space-size=${Number(memory) - newSpaceMb}`,
  ];
}
