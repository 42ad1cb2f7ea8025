import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aConnectorText, aProject, aStageFileWithConnector, CONNECTOR_PATH } from '../../../support/a-connector.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';

const noticesOf = (changes: StageFileChanges) => templateParts('msk-sinks', 'dev', aStageFile(changes)).notices;
const connectorNotices = (properties: Readonly<Record<string, string>>, changes: StageFileChanges = {}) =>
  templateParts(
    'msk-sinks',
    'dev',
    aStageFileWithConnector(changes),
    aProject({ [CONNECTOR_PATH]: aConnectorText(properties) }),
  ).notices;

describe('the patience of a mapping behind a function that blocks', () => {
  it('outlasts the retention of a topic with the defaults', () => {
    expect(noticesOf({ kinesisSink: { onPoison: 'block' }, documentdbSink: { onPoison: 'block' } })).toEqual([]);
  });

  it.each([
    { what: 'few attempts', trigger: { retryAttemptsMax: 1_000 }, days: '31.9 hours', remedy: 'retryAttemptsMax' },
    { what: 'a long retention', trigger: { topicRetentionHours: 720 }, days: '13.3 days', remedy: 'retryAttemptsMax' },
    { what: 'an age limit', trigger: { recordAgeSecondsMax: 3_600 }, days: '1 hour', remedy: 'recordAgeSecondsMax' },
  ])('is said to be too short with $what', ({ trigger, days, remedy }) => {
    const notices = noticesOf({ trigger, kinesisSink: { onPoison: 'block' } });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^kinesisSink: /);
    expect(notices[0]).toContain(days);
    expect(notices[0]).toContain(remedy);
  });

  it('is long enough with an age limit of the retention itself', () => {
    const trigger = { topicRetentionHours: 24, recordAgeSecondsMax: 24 * 3_600 };
    expect(noticesOf({ trigger, kinesisSink: { onPoison: 'block' } })).toEqual([]);
    const [short] = noticesOf({ trigger: { ...trigger, topicRetentionHours: 48 }, kinesisSink: { onPoison: 'block' } });
    expect(short).toContain(
      'blocks for at most 24 hours (recordAgeSecondsMax), but the topics keep their records for 2 days',
    );
  });

  it('is that of kinesisSink beside a connector file that does not block, by its own onPoison', () => {
    const trigger = { retryAttemptsMax: 1 };
    expect(
      connectorNotices({ 'errors.tolerance': 'all' }, { trigger, kinesisSink: { onPoison: 'block' } }).join(),
    ).toContain('kinesisSink: a blocked');
    expect(connectorNotices({ 'errors.tolerance': 'all' }, { trigger }).join()).not.toContain('a blocked');
  });

  it('is reckoned with the timeout of the function and its own trigger settings', () => {
    const short = { onPoison: 'block', timeoutSeconds: 35 };
    expect(noticesOf({ kinesisSink: short, documentdbSink: short })).toHaveLength(2);
    const own = { ...short, trigger: { topicRetentionHours: 24 } };
    expect(noticesOf({ kinesisSink: own, documentdbSink: short })).toEqual([expect.stringMatching(/^documentdbSink/)]);
  });

  it('is of no account where nothing blocks, and on demand, where Lambda repeats without a limit', () => {
    expect(noticesOf({ trigger: { retryAttemptsMax: 1 } })).toEqual([]);
    expect(
      noticesOf({ trigger: { mode: 'onDemand', topicRetentionHours: 700 }, kinesisSink: { onPoison: 'block' } }),
    ).toEqual([]);
  });

  it('is looked at where the connector file blocks', () => {
    const trigger = { trigger: { retryAttemptsMax: 10 } };
    const ofBlocking = (properties: Readonly<Record<string, string>>) =>
      connectorNotices(properties, trigger).filter((notice) => notice.includes('documentdbSink: a blocked record'));
    expect(ofBlocking({ 'errors.tolerance': 'none' })).toHaveLength(1);
    expect(ofBlocking({ 'errors.tolerance': 'all' })).toEqual([]);
    expect(ofBlocking({ 'errors.tolerance': 'all', 'msksinks.guard.missingIndex': 'block' })).toHaveLength(1);
  });
});

describe('the lifetime of a tombstone', () => {
  const HOUR = 3_600;
  const ofTombstones = (notices: readonly string[]) => notices.filter((notice) => notice.includes('a tombstone lives'));
  const native = (ttlHours: number, topicRetentionHours: number, deletes = 'tombstone') =>
    ofTombstones(
      noticesOf({
        documentdbSink: { deletes, tombstoneTtlSeconds: ttlHours * HOUR, trigger: { topicRetentionHours } },
      }),
    );

  it('must not be shorter than the topics keep their records', () => {
    expect(native(24, 24)).toEqual([]);
    expect(native(24, 25)).toEqual([
      'documentdbSink: a tombstone lives for 24 hours (tombstoneTtlSeconds), but the topics keep their records for 25 hours (trigger.topicRetentionHours). An older write that is delivered again after that restores the deleted document: raise tombstoneTtlSeconds',
    ]);
  });

  it('is long enough by default, and of no account where deletes are hard', () => {
    expect(ofTombstones(noticesOf({}))).toEqual([]);
    expect(native(1, 24, 'hard')).toEqual([]);
  });

  it("is the connector file's own, where there is one", () => {
    const seconds = 'msksinks.deletes.tombstone.ttl.seconds';
    const ofConnector = (properties: Readonly<Record<string, string>>) => ofTombstones(connectorNotices(properties));
    expect(ofConnector({ 'msksinks.deletes': 'tombstone', [seconds]: '3600' })).toEqual([
      expect.stringContaining(`raise ${seconds}`),
    ]);
    expect(ofConnector({ 'msksinks.deletes': 'tombstone', [seconds]: '604800' })).toEqual([]);
    expect(ofConnector({ [seconds]: '3600' })).toEqual([]);
  });
});
