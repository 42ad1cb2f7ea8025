import { describe, expect, it } from 'vitest';
import { expectedMappings, type ListedMapping } from '../../../../infra/deploy/mapping-states.ts';
import { notReading, waitForMappings } from '../../../../infra/deploy/wait-for-mappings.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const FUNCTIONS = new Map([
  ['KinesisSinkLambdaFunction', 'msk-sinks-dev-kinesisSink'],
  ['DocumentdbSinkLambdaFunction', 'msk-sinks-dev-documentdbSink'],
]);

const expectedOf = (trigger: object = {}) =>
  expectedMappings(templateParts('msk-sinks', 'dev', aStageFile({ trigger: { ...trigger } })).resources, FUNCTIONS);

const mapping = (state: string, lastProcessingResult?: string): ListedMapping => ({
  topics: ['orders'],
  state,
  lastProcessingResult,
});

/** Waits on a clock that jumps; the functions' mappings answer by the seconds since the start. */
async function wait(
  answers: Readonly<Record<'kinesisSink' | 'documentdbSink', (seconds: number) => readonly ListedMapping[]>>,
  trigger: object = {},
) {
  const startedMs = Date.UTC(2026, 10, 30);
  let nowMs = startedMs;
  const lines: string[] = [];
  const open = await waitForMappings({
    expected: expectedOf(trigger),
    list: async (name) =>
      answers[name.endsWith('kinesisSink') ? 'kinesisSink' : 'documentdbSink']((nowMs - startedMs) / 1000),
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    print: (line) => lines.push(line),
  });
  return { open, lines, seconds: (nowMs - startedMs) / 1000 };
}

const reads = () => [mapping('Enabled', 'OK')];

describe('a deployment waits for its mappings', () => {
  it('of both functions, by the topic and the name of the function', () => {
    expect(expectedOf({ topics: ['orders', 'returns'] })).toEqual(
      ['kinesisSink', 'documentdbSink'].flatMap((name) =>
        ['Orders', 'Returns'].map((topic) => ({
          logicalId: `${name.replace(/^./, (first) => first.toUpperCase())}Mapping${topic}`,
          functionName: `msk-sinks-dev-${name}`,
          topic: topic.toLowerCase(),
          enabled: true,
        })),
      ),
    );
  });

  it('and for nothing else when they read already', async () => {
    const quiet = () => [mapping('Enabled', 'No records processed')];
    expect(await wait({ kinesisSink: reads, documentdbSink: quiet })).toEqual({ open: [], lines: [], seconds: 0 });
  });

  it('until the last one reads, with a line for each new answer', async () => {
    const slow = (seconds: number) => {
      if (seconds < 10) return [];
      return seconds < 60 ? [mapping('Creating', 'No records processed')] : reads();
    };
    expect(await wait({ kinesisSink: reads, documentdbSink: slow })).toEqual({
      open: [],
      lines: [
        'DocumentdbSinkMappingOrders: not listed yet',
        'DocumentdbSinkMappingOrders: Creating, No records processed',
      ],
      seconds: 60,
    });
  });

  it('and gives a result of before the change two minutes to go away', async () => {
    const stale = (seconds: number) => (seconds < 100 ? [mapping('Enabled', 'PROBLEM: Connection error')] : reads());
    expect(await wait({ kinesisSink: stale, documentdbSink: reads })).toMatchObject({ open: [], seconds: 100 });
  });

  it('and then says what Lambda answered', async () => {
    const failing = () => [mapping('Enabled', 'PROBLEM: Connection error')];
    const { open, seconds } = await wait({ kinesisSink: failing, documentdbSink: reads });
    expect(seconds).toBe(120);
    expect(notReading('dev', open)).toBe(
      [
        'config/dev.yml is deployed, but a mapping does not read. Lambda says:',
        '  - KinesisSinkMappingOrders: Enabled, PROBLEM: Connection error',
        'docs/first-deploy.md, section 9, has the causes. Records stay in Kafka meanwhile.',
      ].join('\n'),
    );
  });

  it('which it counts from the moment at which no other mapping is still starting', async () => {
    const failing = () => [mapping('Enabled', 'PROBLEM: Connection error')];
    const slow = (seconds: number) => (seconds < 300 ? [mapping('Creating')] : reads());
    const { open, lines, seconds } = await wait({ kinesisSink: failing, documentdbSink: slow });
    expect({ seconds, open: open.map(({ logicalId, kind }) => `${logicalId} ${kind}`) }).toEqual({
      seconds: 420,
      open: ['KinesisSinkMappingOrders failing'],
    });
    expect(lines).toContain('DocumentdbSinkMappingOrders: Creating');
  });

  it('but not for those of a function that is not there', () => {
    const resources = templateParts('msk-sinks', 'dev', aStageFile({})).resources;
    const [only] = FUNCTIONS;
    const expected = expectedMappings(resources, new Map(only === undefined ? [] : [only]));
    expect(expected.map(({ logicalId }) => logicalId)).toEqual(['KinesisSinkMappingOrders']);
  });

  it('at most ten minutes', async () => {
    const never = () => [mapping('Creating', 'No records processed')];
    const { open, seconds } = await wait({ kinesisSink: never, documentdbSink: never });
    expect({ seconds, kinds: open.map(({ kind }) => kind) }).toEqual({ seconds: 600, kinds: ['pending', 'pending'] });
    expect(notReading('dev', open)).toMatch(/^config\/dev\.yml is deployed, but 2 mappings do not read\./);
  });

  it('to be disabled where the stage file pauses them, whatever their last result was', async () => {
    const pausing = (seconds: number) => [mapping(seconds < 30 ? 'Disabling' : 'Disabled', 'PROBLEM: old')];
    expect(await wait({ kinesisSink: pausing, documentdbSink: pausing }, { enabled: false })).toMatchObject({
      open: [],
      seconds: 30,
    });
  });

  it('and does not take a disabled mapping for one that reads', async () => {
    const disabled = () => [mapping('Disabled', 'OK')];
    const { open } = await wait({ kinesisSink: disabled, documentdbSink: reads });
    expect(open).toEqual([{ logicalId: 'KinesisSinkMappingOrders', kind: 'pending', answer: 'Disabled, OK' }]);
  });
});
