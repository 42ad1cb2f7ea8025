import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'invoke-local-plugin.mjs');
const loaded: {
  default: new (serverless: object, options: object) => Plugin;
  unsettledCount(output: string): number;
} = await import(file);
const { default: InvokeLocalPlugin, unsettledCount } = loaded;

interface Plugin {
  readonly hooks: Readonly<Record<string, () => unknown>>;
  explanation(count: number): string;
}

const functionsOf = () => ({
  kinesisSink: { timeout: 120, environment: {} },
  documentdbSink: { timeout: 8, environment: {} },
});

function pluginOf(stage: string, name = 'kinesisSink') {
  const functions = functionsOf();
  const serverless = { service: { provider: { stage }, functions }, classes: { Error } };
  return { plugin: new InvokeLocalPlugin(serverless, { function: name }), functions };
}

describe('the answer in what `invoke local` wrote', () => {
  const answer = (...offsets: readonly number[]) =>
    JSON.stringify(
      { batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } })) },
      null,
      4,
    );
  const LOG = '{"level":"WARN","message":"records_unsettled"}\n';

  it.each([
    ['nothing unsettled', `${LOG}${answer()}\n`, 0],
    ['unsettled records', `${LOG}${answer(7, 8)}\n`, 2],
    ['no log line before it', answer(7), 1],
    ['an error of the function', `${LOG}{\n    "errorMessage": "malformed"\n}\n`, 0],
    ['no JSON', 'Killed\n', 0],
    ['nothing', '', 0],
  ])('with %s', (_, output, count) => {
    expect(unsettledCount(output)).toBe(count);
  });
});

describe('an invocation on this machine', () => {
  it('of a deployed stage ends after seconds, and never later than the stage says', () => {
    const { plugin, functions } = pluginOf('dev');
    plugin.hooks['before:invoke:local:loadEnvVars']?.();
    expect([functions.kinesisSink.timeout, functions.documentdbSink.timeout]).toEqual([10, 8]);
  });

  it.each([
    ['kinesisSink', 'DeveloperRoleArn'],
    ['documentdbSink', 'its VPC'],
  ])('of %s explains what a deployed stage lets in', (name, words) => {
    const text = pluginOf('dev', name).plugin.explanation(2);
    expect(text).toMatch(
      /^2 records are unsettled, so this command ends with 1\. The log line above names the cause\./,
    );
    expect(text).toContain(words);
  });

  it('of stage local points to the log line alone', () => {
    expect(pluginOf('local').plugin.explanation(1)).toBe(
      'A record is unsettled, so this command ends with 1. The log line above names the cause.',
    );
  });
});
