import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authenticationGaps, brokersTell } from '../../../../cli/import-connector/import.ts';
import { importFile } from '../../../../cli/import-connector/run.ts';
import { projectSurroundings } from '../../../../infra/stage-file/project-files.ts';

const surroundings = {
  readFile: (path: string) => (path.startsWith('config/') ? undefined : projectSurroundings.readFile(path)),
  environment: {},
};
const imported = (file: string, content: Buffer = readFileSync(file)) =>
  importFile({ file, stage: 'prod', force: false }, content, surroundings);

/** Without the sentences of what changes. */
const printed = (file: string, content?: Buffer) => {
  const [before, after] = imported(file, content)
    .lines.join('\n')
    .split(/What changes:\n(?: {2}.+\n)+\n/);
  return `${before}..\n${after}`;
};

const OF_DOKA = `Written:
  config/prod.yml

Taken over from the doka configuration:
  region: eu-west-1  (the brokers' region in msk.brokers)
  cluster.authentication: iam  (the brokers' port in msk.brokers)
  kinesisSink.streamArn: arn:aws:kinesis:eu-central-1:222222222222:stream/orders  (aws.region, the account of aws.crossAccountArn, and aws.kinesis.streamName)
  kinesisSink.roleArn: arn:aws:iam::222222222222:role/doka-writer  (aws.crossAccountArn)
  kinesisSink.sessionName: doka-{stage}-{uuid}  (doka's own session name, which the role may ask for)
  kinesisSink.ordering: none  (doka's behaviour)
  kinesisSink.partitionKey: random  (doka's behaviour)
  kinesisSink.partitionKeyPrefix: orders  (aws.kinesis.partitionKey)
  kinesisSink.trigger.topics: orders  (msk.topic)
  kinesisSink.trigger.consumerGroupId: doka-orders  (msk.groupId: the mapping goes on at its offsets)

..
Not taken over:
  app.name
  app.logLevel

Left to fill in, in config/prod.yml:
  accountId: the functions' AWS account, in quotes
  cluster.arn: the MSK cluster: aws kafka list-clusters-v2 --query "ClusterInfoList[].ClusterArn"

Then:
  npx serverless package --stage prod
  stop doka, and wait until its group has no members (session.timeout.ms)
  npx serverless deploy --stage prod
`;

const OF_A_CONNECTOR = `Written:
  config/prod.yml
  config/connectors/orders-sink.json

Taken over from the connector file:
  documentdbSink.connector: config/connectors/orders-sink.json  (this file, unchanged)
  accountId: 111111111111  (connectorArn)
  region: eu-west-1  (connectorArn)
  cluster.authentication: iam  (kafkaClusterClientAuthentication)
  documentdbSink.subnetIds: subnet-0aaaaaaaaaaaaaaaa, subnet-0bbbbbbbbbbbbbbbb  (kafkaCluster.apacheKafkaCluster.vpc.subnets)
  documentdbSink.securityGroupIds: sg-0cccccccccccccccc  (kafkaCluster.apacheKafkaCluster.vpc.securityGroups)

..
Not taken over:
  tasks.max: Lambda scales by pollers: set \`trigger.pollersMax\` in the stage file
  config.providers: the function resolves placeholders itself

Left to fill in, in config/prod.yml:
  cluster.arn: the MSK cluster: aws kafka list-clusters-v2 --query "ClusterInfoList[].ClusterArn"

Then:
  npx serverless package --stage prod
  stop the connector, and wait until its group has no members
  npm run handover -- --stage prod --function documentdbSink --from-group connect-orders-sink --bootstrap HOST:PORT,.. --login iam --dry-run
  npm run handover -- --stage prod --function documentdbSink --from-group connect-orders-sink --bootstrap HOST:PORT,.. --login iam
  npx serverless deploy --stage prod
`;

/** Its sections in their order; comments say what belongs into a gap. */
const FILE_OF_A_CONNECTOR = `# yaml-language-server: $schema=schema.json
# The stage \`prod\`. docs/settings.md lists every setting with its unit and default.
accountId: "111111111111"
region: eu-west-1
cluster:
  authentication: iam
  arn: FILL_IN # the MSK cluster: aws kafka list-clusters-v2 --query "ClusterInfoList[].ClusterArn"
documentdbSink:
  connector: config/connectors/orders-sink.json
  subnetIds:
    - subnet-0aaaaaaaaaaaaaaaa
    - subnet-0bbbbbbbbbbbbbbbb
  securityGroupIds:
    - sg-0cccccccccccccccc
`;

describe('what an import prints', () => {
  it('is what was taken over and from where, what is left, and what to do then', () => {
    expect(printed('test/fixtures/migration/prod.yaml')).toBe(OF_DOKA);
    expect(printed('test/fixtures/migration/orders-sink.json')).toBe(OF_A_CONNECTOR);
    expect(imported('test/fixtures/migration/orders-sink.json').files[0]?.content).toBe(FILE_OF_A_CONNECTOR);
  });

  it.each([
    ['name=orders', 'connect-orders'],
    ['name=orders\nconsumer.override.group.id=own', 'own'],
    ['name=order sink', "'connect-order sink'"],
    ["name=o'neil", String.raw`'connect-o'\''neil'`],
    ['', 'connect-NAME'],
  ])('names the group that the connector reads with: %j', (lines, group) => {
    const settings = `connector.class=com.mongodb.kafka.connect.MongoSinkConnector\ntopics=orders\n${lines}`;
    expect(printed('sink.properties', Buffer.from(settings))).toContain(
      ` --from-group ${group} --bootstrap HOST:PORT,.. --dry-run`,
    );
  });
});

const settingsWith = (lines: string) =>
  Buffer.from(`connector.class=com.mongodb.kafka.connect.MongoSinkConnector\ntopics=orders\ndatabase=shop\n${lines}`);
const said = (lines: string) => imported('sink.properties', settingsWith(lines)).lines.join('\n');

describe('what an import says of a record that can never be written', () => {
  it("is what errors.tolerance says, by default the connector's none", () => {
    const [makes, holds] = ['becomes a dead letter in S3, alone', 'holds the records behind it, until'];
    for (const lines of ['', 'errors.tolerance=none', 'errors.tolerance=all\nmongo.errors.tolerance=none']) {
      expect(said(lines)).toContain(holds);
      expect(said(lines)).not.toContain(makes);
    }
    expect(said('errors.tolerance=all')).toContain(makes);
    expect(said('errors.tolerance=all')).not.toContain(holds);
  });

  it('is both where packaging refuses the file', () => {
    expect(said('errors.tolerance=perhaps')).toContain('errors.tolerance decides about a record');
  });
});

describe('the steps that an import prints', () => {
  it.each(['9098 --login iam', '9096 --login scram', '9092'])(
    'copy the offsets before the deployment: port %s',
    (line) => {
      const [port, ...login] = line.split(' ');
      const address = `b-1.orders.a1.c2.kafka.eu-west-1.amazonaws.com:${port}`;
      const doka = `aws: {}\nmsk: { topic: [orders, returns], brokers: ["${address}"], groupId: doka }\n`;
      const copy = ['--from-group doka --bootstrap HOST:PORT,..', ...login].join(' ');
      const steps = imported('prod.yaml', Buffer.from(doka)).lines.slice(-5);
      expect(
        steps.map((step) => step.trim().replace('npm run handover -- --stage prod --function kinesisSink ', '')),
      ).toEqual([
        'stop doka, and wait until its group has no members (session.timeout.ms)',
        `${copy} --dry-run`,
        copy,
        'npx serverless deploy --stage prod',
        '',
      ]);
    },
  );
});

describe('the address of a broker', () => {
  it.each([
    ['b-1.orders.a1.c2.kafka.eu-west-1.amazonaws.com:9098', 'eu-west-1', 'iam'],
    ['b-1.orders.a1.c2.kafka.us-gov-west-1.amazonaws.com:9198,b-2:9198', 'us-gov-west-1', 'iam'],
    ['boot-x.c1.kafka-serverless.eu-north-1.amazonaws.com:9098', 'eu-north-1', 'iam'],
    ['b-1.orders.a1.c2.kafka.eu-west-1.amazonaws.com:9096 , b-2:9096', 'eu-west-1', 'saslScram512'],
    ['b-1.orders.a1.c2.kafka.eu-west-1.amazonaws.com:9196', 'eu-west-1', 'saslScram512'],
    ['b-1.orders.a1.c2.kafka.eu-west-1.amazonaws.com:9092', 'eu-west-1', undefined],
    ['localhost:9098', undefined, 'iam'],
    ['', undefined, undefined],
  ])('%s tells the region and the login', (bootstrapServers, region, authentication) => {
    expect(brokersTell(bootstrapServers)).toEqual({ region, authentication });
  });

  it('leaves a secret to fill in for SCRAM, and a decision where nothing is known', () => {
    expect(authenticationGaps('iam')).toEqual({ gaps: [], changes: [] });
    const { gaps, changes } = authenticationGaps('saslScram512');
    expect([gaps.map(({ path }) => path.join('.')), changes]).toEqual([['cluster.secretArn'], []]);
    expect(authenticationGaps(undefined)).toMatchObject({
      gaps: [],
      changes: [expect.stringContaining('does not tell')],
    });
  });
});
