// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { aConnectorText, aProject, aStageFileWithConnector, CONNECTOR_PATH } from '../../../support/a-connector.ts';
import type { StageFileChanges } from '../../../support/a-stage-file.ts';

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

function partsOf(properties: Readonly<Record<string, string>> = {}, changes: StageFileChanges = {}, environment = {}) {
  const project = aProject({ [CONNECTOR_PATH]: aConnectorText(properties) }, environment);
  const parts = templateParts('msk-sinks', 'dev', aStageFileWithConnector(changes), project);
  const resources = parts.resources.Resources as Readonly<Record<string, { Type: string; Properties: never }>>;
  const role = resources['DocumentdbSinkRole']?.Properties as unknown as {
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  };
  return {
    notices: parts.notices,
    environment: environmentIn(parts.functions['documentdbSink']),
    environmentOfKinesis: environmentIn(parts.functions['kinesisSink']),
    topicsOf: (id: string) =>
      Object.entries(resources)
        .filter(([name, { Type }]) => Type.endsWith('EventSourceMapping') && name.startsWith(id))
        .flatMap(([, { Properties }]) => (Properties as { Topics: string[] }).Topics),
    grants: (action: string) =>
      role.Policies.some(({ PolicyDocument }) =>
        PolicyDocument.Statement.some(({ Action }) => Action.includes(action)),
      ),
    allowed: (action: string) =>
      role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource),
  };
}

const environmentIn = (deployed: object | undefined) =>
  (deployed as { environment: Record<string, string> }).environment;

const here = (resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${resource.replace(':', ':${AWS::Region}:${AWS::AccountId}:')}`,
});

describe("a connector's file", () => {
  it('makes the mappings of documentdbSink; kinesisSink keeps its own topics', () => {
    const { topicsOf } = partsOf({ topics: 'orders,returns.eu' }, { trigger: { topics: ['events'] } });
    expect(topicsOf('DocumentdbSink')).toEqual(['orders', 'returns.eu']);
    expect(topicsOf('KinesisSink')).toEqual(['events']);
  });

  it('is named to the function, and nothing that it decides', () => {
    const { environment } = partsOf();
    expect(environment['MSK_SINKS_CONNECTOR']).toBe(CONNECTOR_PATH);
    expect(
      Object.keys(environment).filter((name) => /DATABASE|SECRET|DELETES|POISON|STRATEGY|REPLICA/.test(name)),
    ).toEqual([]);
  });

  it('gets from the environment what it asks for', () => {
    const { environment } = partsOf({ database: '${env:DATABASE}' }, {}, { DATABASE: 'shop', OTHER: 'x' });
    expect(environment['DATABASE']).toBe('shop');
    expect(environment).not.toHaveProperty('OTHER');
  });

  it('decides nothing for kinesisSink, and gives it no variable', () => {
    const asked = { database: '${env:DATABASE}' };
    const changes = { kinesisSink: { onPoison: 'block' }, trigger: { topics: ['events'] } };
    const { environmentOfKinesis } = partsOf(asked, changes, { DATABASE: 'shop' });
    expect(environmentOfKinesis).toMatchObject({ MSK_SINKS_ON_POISON: 'block' });
    expect(environmentOfKinesis).not.toHaveProperty('DATABASE');
  });

  it('gets nothing that it does not read', () => {
    const asked = { 'connection.ssl.truststorePassword': '${env:TRUST}', 'unknown.name': '${env:OTHER}' };
    const { environment } = partsOf(asked, {}, { TRUST: 'x', OTHER: 'y' });
    expect(environment).not.toHaveProperty('TRUST');
    expect(environment).not.toHaveProperty('OTHER');
    expect(() => readConnector(aConnectorText(asked), { where: 'packaged', environment })).not.toThrow();
  });

  it('gets variables whose names Lambda refuses under other names', () => {
    const names = { X: 'a', 'MY-DB': 'shop', _B: 'b' };
    const asked = { database: '${env:MY-DB}', collection: '${env:X}${env:_B}' };
    const { environment } = partsOf(asked, {}, names);
    expect(Object.keys(environment).filter((name) => !/^[A-Za-z][A-Za-z0-9_]+$/.test(name))).toEqual([]);
    const { properties } = readConnector(aConnectorText(asked), { where: 'packaged', environment });
    expect([properties.text('database'), properties.text('collection')]).toEqual(['shop', 'ab']);
  });

  it('may not ask for more variables than Lambda gives a function', () => {
    const asked = { 'field.renamer.mapping': '${env:RULES}' };
    expect(() => partsOf(asked, {}, { RULES: '[]'.padEnd(3_000) })).not.toThrow();
    expect(() => partsOf(asked, {}, { RULES: '[]'.padEnd(4_100) })).toThrow(
      /documentdbSink: its environment has 4\d{3} bytes, and Lambda allows 4096: write long values into the connector file/,
    );
  });

  it.each([
    ['${vault:a:b}', 'no config provider has the name vault'],
    ['${sm:login}', 'names no field of a secret'],
    ['${s3import::bucket/file}', 's3import returns a file'],
  ])('may not ask a schema registry with %s, which the function cannot fill in', (login, problem) => {
    const registry = {
      'value.converter': 'AvroConverter',
      'value.converter.schema.registry.url': 'https://registry.example',
      'value.converter.basic.auth.credentials.source': 'USER_INFO',
      'value.converter.basic.auth.user.info': login,
    };
    expect(() => partsOf(registry)).toThrow(`value.converter.basic.auth.user.info contains ${login}`);
    expect(() => partsOf(registry)).toThrow(problem);
    expect(() => partsOf({ ...registry, 'value.converter': 'StringConverter' })).not.toThrow();
  });

  it('gets each variable, whatever stands before it in the file', () => {
    const asked = { 'field.renamer.mapping': '${word', database: '${env:DATABASE}' };
    expect(partsOf(asked, {}, { DATABASE: 'shop' }).environment['DATABASE']).toBe('shop');
  });

  it('gets what its own provider of environment variables asks for, too', () => {
    const provider = {
      'config.providers': 'vars',
      'config.providers.vars.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
      'connection.uri': 'mongodb://user:${vars:DOCDB_PASSWORD}@docdb:27017/',
    };
    expect(partsOf(provider, {}, { DOCDB_PASSWORD: 'x' }).environment['DOCDB_PASSWORD']).toBe('x');
    expect(() => partsOf(provider)).toThrow(
      /connection\.uri contains \$\{vars:DOCDB_PASSWORD\}: set DOCDB_PASSWORD in the environment of this command/,
    );
  });

  it.each(['AWS_REGION', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_FUNCTION_NAME', '_HANDLER'])(
    'takes %s from Lambda, which refuses a function that sets it',
    (name) => {
      const { environment } = partsOf({ database: `\${env:${name}}` }, {}, { [name]: 'shop' });
      expect(environment).not.toHaveProperty(name);
    },
  );

  it('says that providers ask in the region of the function', () => {
    const { notices } = partsOf({
      'config.providers.sm.param.region': 'us-east-1',
      'config.providers.ssm.param.region': 'eu-west-1',
      'config.providers.ssm.param.region.note': 'us-east-1',
    });
    expect(notices.filter((line) => line.includes('param.region'))).toEqual([
      '  - config.providers.sm.param.region: the function asks AWS in its own region, eu-west-1; name a secret or a parameter of another region by its ARN',
    ]);
  });

  it('says where in a larger file its settings stand', () => {
    const path = 'config/connectors/orders.yaml';
    const config = aConnectorText().replaceAll(/^([^=]*)=(.*)$/gm, '    $1: "$2"');
    const project = aProject({ [path]: `apiVersion: v1\nkind: KafkaConnector\nspec:\n  config:\n${config}\n` });
    const file = aStageFileWithConnector({ documentdbSink: { connector: path } });
    expect(templateParts('msk-sinks', 'dev', file, project).notices).toEqual([
      expect.stringMatching(/^config\/connectors\/orders\.yaml: the settings come from YAML, line \d$/),
    ]);
  });

  it('says what has no meaning here, and why', () => {
    const { notices } = partsOf({ 'tasks.max': '4', name: 'orders' });
    expect(notices[0]).toBe(`${CONNECTOR_PATH}: 2 of its properties have no effect here`);
    expect(notices.slice(1).toSorted()).toEqual([
      expect.stringMatching(/^ {2}- name: ./),
      expect.stringMatching(/^ {2}- tasks\.max: .*pollersMax/),
    ]);
    expect(partsOf().notices).toEqual([]);
  });
});

describe('the role', () => {
  it('may read the secrets and parameters of the connection string, and no others', () => {
    const { allowed } = partsOf({
      'connection.uri':
        'mongodb://${sm:docdb/app:user}:${sm:docdb/app:pass}@${ssm::/docdb/host}/?authSource=${ssm::plain}',
      'connection.ssl.truststorePassword': '${sm:truststore:password}',
    });
    expect(allowed('secretsmanager:GetSecretValue')).toEqual([here('secretsmanager:secret:docdb/app-??????')]);
    expect(allowed('ssm:GetParameter')).toEqual([here('ssm:parameter/docdb/host'), here('ssm:parameter/plain')]);
  });

  it('says that the function must reach Parameter Store, if its placeholders read that', () => {
    const noticesOf = (uri: string) =>
      partsOf({ 'connection.uri': uri }).notices.filter((notice) => notice.includes('Parameter Store'));
    expect(noticesOf('mongodb://app:x@${ssm::/docdb/host}/')).toEqual([
      expect.stringMatching(/its placeholders read Parameter Store\. .* SsmEndpoint=true in infra\/endpoints\.yml$/),
    ]);
    expect(noticesOf('mongodb://app:${sm:docdb/app:pass}@docdb.example/')).toEqual([]);
  });

  it.each([
    ['mongodb://localhost', 'dev', true],
    ['mongodb://localhost:27017', 'dev', true],
    ['mongodb://app:x@127.0.0.1/?tls=true', 'prod', true],
    ['mongodb://localhost:27017', 'local', false],
    ['mongodb://localhost.example/', 'dev', false],
    ['mongodb://docdb.example/localhost', 'dev', false],
  ])('comes with a notice where %s in stage %s is no cluster of AWS: %s', (uri, stage, isNoticed) => {
    const project = aProject({ [CONNECTOR_PATH]: aConnectorText({ 'connection.uri': uri }) });
    const { notices } = templateParts('msk-sinks', stage, aStageFileWithConnector(), project);
    expect(notices.some((line) => line.includes('a function in AWS has no local cluster'))).toBe(isNoticed);
  });

  it('may read a secret that is named by its ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:333333333333:secret:docdb';
    const { allowed } = partsOf({ 'connection.uri': `mongodb://u:\${sm:${arn}:password}@c/` });
    expect(allowed('secretsmanager:GetSecretValue')).toEqual([`${arn}-??????`]);
  });

  it.each([
    ['a/b', here('ssm:parameter/a/b')],
    ['/a/b', here('ssm:parameter/a/b')],
    ['arn:aws:ssm:us-east-1:333333333333:parameter/a', 'arn:aws:ssm:us-east-1:333333333333:parameter/a'],
  ])('may read the parameter %s', (name, resource) => {
    const { allowed } = partsOf({ 'connection.uri': `mongodb://u:\${ssm::${name}}@docdb.example/` });
    expect(allowed('ssm:GetParameter')).toEqual([resource]);
  });

  it('may read a parameter that is named by its ARN, and a version or a label of a parameter', () => {
    const arn = 'arn:aws:ssm:us-east-1:333333333333:parameter/docdb/host';
    const { allowed } = partsOf({
      'connection.uri': `mongodb://u:\${ssm::/docdb/pass:3}@\${ssm::${arn}:live}/?\${ssm::options}`,
    });
    expect(allowed('ssm:GetParameter')).toEqual([here('ssm:parameter/docdb/pass'), arn, here('ssm:parameter/options')]);
  });

  it('may decrypt with the key that is named, and read the CA bundle that is in S3', () => {
    const secretKmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    const { allowed } = partsOf({}, { documentdbSink: { secretKmsKeyArn, caBundle: 's3://trust/a/ca.pem' } });
    expect(allowed('kms:Decrypt')).toEqual([secretKmsKeyArn]);
    expect(allowed('s3:GetObject')).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::trust/a/ca.pem' }]);
    expect(partsOf().allowed('s3:GetObject')).toEqual([]);
  });

  it('may read what the settings of a schema registry name, and no others', () => {
    const { allowed, notices } = partsOf({
      'value.converter': 'io.confluent.connect.avro.AvroConverter',
      'value.converter.schema.registry.url': 'https://u:SECRET@one,http://two/path',
      'value.converter.basic.auth.credentials.source': 'USER_INFO',
      'value.converter.basic.auth.user.info': '${sm:registry:login}',
      'value.converter.schema.registry.ssl.truststore.password': '${sm:truststore:password}',
      'key.converter.basic.auth.user.info': '${sm:other:login}',
    });
    expect(allowed('secretsmanager:GetSecretValue')).toEqual([here('secretsmanager:secret:registry-??????')]);
    expect(allowed('glue:GetSchemaVersion')).toEqual([]);
    expect(notices).toContain(
      `${CONNECTOR_PATH}: value.converter asks the schema registry at https://one,http://two/path. The function must reach it from its subnets`,
    );
    expect(notices.join()).not.toContain('SECRET');
  });

  it('may read the schemas of AWS Glue, itself or through the role that the file names', () => {
    const glue = {
      'value.converter': 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter',
      'value.converter.region': 'eu-west-1',
    };
    const roleArn = 'arn:aws:iam::222222222222:role/schemas';
    const [own, other] = [partsOf(glue), partsOf({ ...glue, 'value.converter.assumeRoleArn': roleArn })];
    expect(own.allowed('glue:GetSchemaVersion')).toEqual(['*']);
    expect(own.grants('sts:AssumeRole')).toBe(false);
    expect(own.notices).toEqual([
      `${CONNECTOR_PATH}: value.converter asks the schema registry of AWS Glue in eu-west-1. The function must reach it from its subnets`,
    ]);
    expect(other.allowed('glue:GetSchemaVersion')).toEqual([]);
    expect(other.allowed('sts:AssumeRole')).toEqual([roleArn]);
    const keys = Object.entries({ ...glue, 'value.converter.assumeRoleArn': roleArn }).map(
      ([name, value]) => [name.replace('value', 'key'), value] as const,
    );
    const ofKeys = { ...Object.fromEntries(keys), 'key.converter.region': 'us-east-1' };
    const both = partsOf({ ...glue, 'value.converter.assumeRoleArn': roleArn, ...ofKeys });
    expect(both.allowed('sts:AssumeRole')).toEqual([roleArn]);
    expect(both.notices.filter((line) => line.includes('key.converter asks'))).toEqual([
      `${CONNECTOR_PATH}: key.converter asks the schema registry of AWS Glue in us-east-1. The function must reach it from its subnets`,
    ]);
  });
});
