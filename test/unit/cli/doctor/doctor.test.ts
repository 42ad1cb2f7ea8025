import { describe, expect, it } from 'vitest';
import { parseDoctorOptions } from '../../../../cli/doctor/options.ts';
import { tableOf } from '../../../../cli/doctor/print.ts';
import { findingsOf, STREAM } from './a-stage-in-aws.ts';
import { FAULTS_OF_THE_DEPLOYMENT } from './faults/deployment.ts';
import { FAULTS_OF_THE_SOURCE } from './faults/source.ts';
import { FAULTS_OF_THE_TARGETS } from './faults/targets.ts';

/** One fault at a time. */
const FAULTS = [...FAULTS_OF_THE_SOURCE, ...FAULTS_OF_THE_TARGETS, ...FAULTS_OF_THE_DEPLOYMENT];

describe('the doctor', () => {
  it('finds nothing to do on a good stage', async () => {
    const findings = await findingsOf();
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
  });

  it.each(FAULTS)('names %s in its row, with what to do', async (_name, broken, title, status, found, remedy) => {
    const row = (await findingsOf(broken)).find((each) => each.title === title);
    expect(row).toMatchObject({ status, found: expect.stringMatching(found), remedy: expect.stringMatching(remedy) });
  });

  it.each(FAULTS)('calls no other row failed because of %s', async (_name, broken, title) => {
    const failed = (await findingsOf(broken)).filter((each) => each.status === 'failed' && each.title !== title);
    expect(failed).toEqual([]);
  });

  it("names a key that serves only the stream's account, where the function writes without a role", async () => {
    const kinesisSink = { roleArn: undefined, externalId: undefined };
    const answers = {
      'kinesis describe-stream-summary': { StreamDescriptionSummary: { ...STREAM, KeyId: 'alias/aws/kinesis' } },
    };
    const row = (await findingsOf({ stageFile: { kinesisSink }, answers })).find(({ title }) => title === 'encryption');
    expect(row).toMatchObject({ status: 'failed', found: expect.stringContaining("stream's own account alone") });
  });

  it.each([null, [], 7, 'x', {}])('goes on behind an answer of another form: %j', async (answer) => {
    const findings = await findingsOf({
      answers: { 'kafka describe-topic': answer, 'ec2 describe-subnets': answer },
    });
    expect(findings.length).toBeGreaterThan(20);
    expect(findings.some(({ status }) => status === 'ok')).toBe(true);
  });

  it('says of which question the answer has another form', async () => {
    const answers = { 'lambda list-event-source-mappings': { EventSourceMappings: [null] } };
    const findings = await findingsOf({ answers });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      {
        title: 'mappings',
        status: 'failed',
        found: 'AWS answered in a form that this check does not know',
        remedy: 'look at what aws lambda list-event-source-mappings prints',
      },
    ]);
  });

  it('names the right that the credentials lack, and goes on', async () => {
    const findings = await findingsOf({ answers: { 'lambda list-event-source-mappings': 'AccessDeniedException' } });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      {
        title: 'mappings',
        status: 'warning',
        found: 'not checked: these credentials lack lambda:ListEventSourceMappings',
        remedy: 'allow lambda:ListEventSourceMappings, or ask somebody who has it',
      },
    ]);
  });

  it.each([
    ['Unable to locate credentials. You can configure credentials by running "aws configure".', 'no credentials'],
    ['Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com/"', 'AWS is not reachable'],
    ['The config profile (dev) could not be found', 'the profile does not exist'],
    ['something that nobody has seen before', 'the AWS CLI failed without a code'],
  ])('makes a table without credentials, and asks nothing else: %s', async (stderr, words) => {
    let count = 0;
    const run = () => {
      count += 1;
      return Promise.resolve({ exitCode: 255, stdout: '', stderr });
    };
    const table = tableOf(await findingsOf({ run }), false);
    expect(table).toContain(`FAILED   credentials      ${words}`);
    expect(table).toContain('0 ok, 1 warnings, 1 failed');
    expect(count).toBe(1);
  });

  it('says how to get the AWS CLI where it is missing', async () => {
    const run = () => Promise.resolve({ exitCode: undefined, stdout: '', stderr: '' });
    const [row] = await findingsOf({ run });
    expect(row).toMatchObject({
      found: 'the AWS CLI is not installed',
      remedy: expect.stringContaining('https://aws.amazon.com/cli/'),
    });
  });

  it("leaves the stream's account alone without a profile of it", async () => {
    const findings = await findingsOf({ withoutStreamProfile: true });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      expect.objectContaining({ title: 'the role in account B', remedy: expect.stringContaining('--stream-profile') }),
      expect.objectContaining({ title: 'stream', remedy: expect.stringContaining('--stream-profile') }),
    ]);
  });

  it('says how far a group is behind, by the newest measurement', async () => {
    const rows = (await findingsOf()).filter(({ title }) => title.includes('group of'));
    expect(rows.map(({ found }) => found)).toEqual([
      'msk-sinks-dev-kinesisSink-orders, at most 3 records of a partition behind',
      'msk-sinks-dev-documentdbSink-orders, at most 3 records of a partition behind',
    ]);
  });

  it('tells its progress, check by check', async () => {
    const told: string[] = [];
    await findingsOf({ progress: (done, count) => told.push(`${done}/${count}`) });
    expect(told[0]).toMatch(/^1\//);
    expect(told.at(-1)).toBe(`${told.length}/${told.length}`);
  });

  it('prints no value of the secret', async () => {
    expect(JSON.stringify(await findingsOf())).not.toContain('not-to-be-printed');
  });
});

describe('the arguments of the doctor', () => {
  it('are a stage, a profile of the other account, and the form', () => {
    expect(parseDoctorOptions(['--stage', 'dev', '--stream-profile', 'b', '--json'])).toEqual({
      ...{ stage: 'dev', streamProfile: 'b', json: true, retries: undefined },
    });
  });

  it('are, for the retries, the brokers or a dry run', () => {
    expect(parseDoctorOptions(['--stage', 'dev', '--retries', '--dry-run'])).toMatchObject({
      retries: { dryRun: true, brokers: undefined },
    });
    expect(parseDoctorOptions(['--stage', 'dev', '--retries', '--bootstrap', 'b:1', '--login', 'iam'])).toMatchObject({
      retries: { dryRun: false, brokers: { bootstrapServers: 'b:1', login: { kind: 'iam' } } },
    });
    expect(() => parseDoctorOptions(['--stage', 'dev', '--dry-run'])).toThrow('belong to --retries');
    expect(() => parseDoctorOptions(['--stage', 'local'])).toThrow(
      /^the stage local runs on this machine \(npm start\)/,
    );
  });

  it.each([[[]], [['--stage']], [['--stages', 'dev']]])('explain themselves when they are %j', (args) => {
    expect(() => parseDoctorOptions(args)).toThrow(/npm run doctor -- --stage STAGE/);
  });
});
