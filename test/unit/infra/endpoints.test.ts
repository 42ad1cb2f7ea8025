import { describe, expect, it } from 'vitest';
import { deployed, readTemplate } from '../../support/cloudformation-yaml.ts';

const template = readTemplate('infra/endpoints.yml');

const VPC = 'vpc-0123456789abcdef0';
const SUBNETS = ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'];
const ROUTE_TABLES = ['rtb-0aaaaaaaaaaaaaaaa', 'rtb-0bbbbbbbbbbbbbbbb'];
const FUNCTIONS = 'sg-0cccccccccccccccc';
const BUCKET = 'msk-sinks-dev-111111111111-dead-letters';

const complete = {
  VpcId: VPC,
  SubnetIds: SUBNETS.join(','),
  RouteTableIds: ROUTE_TABLES.join(','),
  FunctionSecurityGroupId: FUNCTIONS,
};
const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(complete).filter(([name]) => !names.includes(name)));

const resourcesOf = (parameters: Readonly<Record<string, string>> = {}) => {
  const { problems, resources } = deployed(template, { ...complete, ...parameters });
  expect(problems).toEqual([]);
  return resources;
};
const propertiesOf = (id: string, parameters: Readonly<Record<string, string>> = {}) =>
  resourcesOf(parameters)[id]?.Properties;
const problemsOf = (parameters: Readonly<Record<string, string>>) => deployed(template, parameters).problems;

const interfaceTo = (service: string) => ({
  Type: 'AWS::EC2::VPCEndpoint',
  Properties: {
    VpcEndpointType: 'Interface',
    ServiceName: `com.amazonaws.eu-west-1.${service}`,
    VpcId: VPC,
    SubnetIds: SUBNETS,
    SecurityGroupIds: ['EndpointSecurityGroup'],
    PrivateDnsEnabled: true,
  },
});
const S3_GATEWAY = {
  VpcEndpointType: 'Gateway',
  ServiceName: 'com.amazonaws.eu-west-1.s3',
  VpcId: VPC,
  RouteTableIds: ROUTE_TABLES,
};
const httpsFrom = (source: object) => ({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...source });

describe('the endpoints of documentdbSink', () => {
  it('are S3 and Secrets Manager, with one security group', () => {
    expect(Object.keys(resourcesOf())).toEqual([
      'S3GatewayEndpoint',
      'EndpointSecurityGroup',
      'SecretsManagerInterfaceEndpoint',
    ]);
  });

  it('reach S3 through the route tables, with everything that the callers may do', () => {
    expect(propertiesOf('S3GatewayEndpoint')).toEqual(S3_GATEWAY);
  });

  it('answer as Secrets Manager itself in the functions subnets', () => {
    expect(resourcesOf()['SecretsManagerInterfaceEndpoint']).toMatchObject(interfaceTo('secretsmanager'));
  });

  it('admit HTTPS from the functions and from nobody else', () => {
    expect(propertiesOf('EndpointSecurityGroup')).toEqual({
      GroupDescription: 'The interface endpoints of msk-sinks, HTTPS from the functions',
      VpcId: VPC,
      SecurityGroupIngress: [{ Description: 'The functions', ...httpsFrom({ SourceSecurityGroupId: FUNCTIONS }) }],
    });
  });

  it('admit the others of the VPC when they are named', () => {
    expect(propertiesOf('EndpointSecurityGroup', { ClientCidr: '10.0.0.0/16' })?.['SecurityGroupIngress']).toEqual([
      { Description: 'The functions', ...httpsFrom({ SourceSecurityGroupId: FUNCTIONS }) },
      { Description: 'Others in the VPC', ...httpsFrom({ CidrIp: '10.0.0.0/16' }) },
    ]);
  });

  it.each([
    [{ S3Endpoint: 'false' }, ['EndpointSecurityGroup', 'SecretsManagerInterfaceEndpoint']],
    [{ SecretsManagerEndpoint: 'false' }, ['S3GatewayEndpoint']],
    [{ S3Endpoint: 'false', SecretsManagerEndpoint: 'false' }, []],
  ])('are left out one by one where the VPC has them: %o', (parameters, expected) => {
    expect(Object.keys(resourcesOf(parameters))).toEqual(expected);
  });
});

describe('the endpoints of a kinesisSink in private subnets', () => {
  it('are Kinesis and STS beside the others', () => {
    const resources = resourcesOf({ KinesisEndpoints: 'true' });
    expect(resources['KinesisInterfaceEndpoint']).toMatchObject(interfaceTo('kinesis-streams'));
    expect(resources['StsInterfaceEndpoint']).toMatchObject(interfaceTo('sts'));
    expect(Object.keys(resources)).toHaveLength(5);
  });

  it.each([
    [{ KinesisEndpoints: 'true', StsEndpoint: 'false' }, ['KinesisInterfaceEndpoint']],
    [
      { KinesisEndpoints: 'true', SecretsManagerEndpoint: 'false' },
      ['KinesisInterfaceEndpoint', 'StsInterfaceEndpoint'],
    ],
    [{ KinesisEndpoints: 'false', StsEndpoint: 'true' }, []],
  ])('are made as asked: %o', (parameters, expected) => {
    const ids = Object.keys(resourcesOf(parameters)).filter((id) => /Kinesis|Sts/.test(id));
    expect(ids).toEqual(expected);
  });

  it('have the security group whichever of them are made', () => {
    expect(resourcesOf({ KinesisEndpoints: 'true', SecretsManagerEndpoint: 'false' })).toHaveProperty(
      'EndpointSecurityGroup',
    );
  });
});

describe("the endpoint of a connector file's parameters", () => {
  it('is Systems Manager, if it is asked for', () => {
    expect(resourcesOf({ SsmEndpoint: 'true' })['SsmInterfaceEndpoint']).toMatchObject(interfaceTo('ssm'));
    expect(resourcesOf()).not.toHaveProperty('SsmInterfaceEndpoint');
  });
});

describe("the endpoint of the cluster's VPC", () => {
  it('is S3 alone, and needs no security group of a function', () => {
    const parameters = { ...without('SubnetIds', 'FunctionSecurityGroupId'), SecretsManagerEndpoint: 'false' };
    const { problems, resources } = deployed(template, parameters);
    expect({ problems, names: Object.keys(resources) }).toEqual({ problems: [], names: ['S3GatewayEndpoint'] });
  });
});

/** https://github.com/aws/aws-cdk/pull/25333 */
describe('in China, the endpoint', () => {
  const china = { 'AWS::Partition': 'aws-cn', 'AWS::Region': 'cn-northwest-1' };
  const { resources } = deployed(template, { ...complete, KinesisEndpoints: 'true', SsmEndpoint: 'true' }, china);

  it.each([
    ['S3GatewayEndpoint', 'com.amazonaws.cn-northwest-1.s3'],
    ['SecretsManagerInterfaceEndpoint', 'com.amazonaws.cn-northwest-1.secretsmanager'],
    ['SsmInterfaceEndpoint', 'com.amazonaws.cn-northwest-1.ssm'],
    ['KinesisInterfaceEndpoint', 'cn.com.amazonaws.cn-northwest-1.kinesis-streams'],
    ['StsInterfaceEndpoint', 'cn.com.amazonaws.cn-northwest-1.sts'],
  ])('%s has the service name %s', (id, name) => {
    expect(resources[id]?.Properties['ServiceName']).toBe(name);
  });
});

describe('the S3 endpoint of subnets that the functions have to themselves', () => {
  const policyOf = (parameters: Readonly<Record<string, string>>) =>
    propertiesOf('S3GatewayEndpoint', parameters)?.['PolicyDocument'];
  const letsThrough = (Sid: string, Action: string, Resource: string) => ({
    Sid,
    Effect: 'Allow',
    Principal: '*',
    Action,
    Resource,
    Condition: { StringEquals: { 'aws:ResourceAccount': '222222222222' } },
  });
  const deadLetters = [
    letsThrough('DeadLetters', 's3:PutObject', `arn:aws:s3:::${BUCKET}/*`),
    letsThrough('DeadLetterBucket', 's3:ListBucket', `arn:aws:s3:::${BUCKET}`),
  ];

  it('lets through dead letters alone when their bucket is named', () => {
    expect(policyOf({ DeadLetterBucketName: BUCKET })).toEqual({ Version: '2012-10-17', Statement: deadLetters });
  });

  it('lets through reads of the certificates too when theirs is', () => {
    expect(policyOf({ DeadLetterBucketName: BUCKET, TruststoreBucketName: 'certificates' })).toEqual({
      Version: '2012-10-17',
      Statement: [...deadLetters, letsThrough('Truststore', 's3:GetObject', 'arn:aws:s3:::certificates/*')],
    });
  });

  it('stays open when only the bucket of certificates is named', () => {
    expect(policyOf({ TruststoreBucketName: 'certificates' })).toBeUndefined();
  });
});

describe('the bucket of certificates', () => {
  it('has no policy from here unless it is named', () => {
    expect(resourcesOf()).not.toHaveProperty('TruststoreBucketPolicy');
  });

  it('may be read by everyone in the VPC, over TLS, and by nobody else', () => {
    expect(resourcesOf({ TruststoreBucketName: 'certificates' })['TruststoreBucketPolicy']).toMatchObject({
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: 'certificates',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'ReadFromTheVpc',
              Effect: 'Allow',
              Principal: '*',
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::certificates/*',
              Condition: { StringEquals: { 'aws:SourceVpc': VPC }, Bool: { 'aws:SecureTransport': 'true' } },
            },
          ],
        },
      },
    });
  });
});

describe('the output of the endpoints', () => {
  it('is their security group, if there is one', () => {
    expect(deployed(template, complete).outputs).toEqual({ EndpointSecurityGroupId: 'EndpointSecurityGroup' });
    expect(deployed(template, { ...complete, SecretsManagerEndpoint: 'false' }).outputs).toEqual({});
  });
});

describe('a parameter of the endpoints that is wrong', () => {
  it.each([
    ['VpcId', '10.0.0.0/16', 'such as vpc-0123456789abcdef0'],
    ['SubnetIds', 'subnet-0aaaaaaaaaaaaaaaa,0bbbbbbbbbbbbbbbb', 'such as subnet-0123456789abcdef0'],
    ['RouteTableIds', 'main', 'such as rtb-0123456789abcdef0'],
    ['FunctionSecurityGroupId', 'default', 'such as sg-0123456789abcdef0'],
    ['ClientCidr', '10.0.0.1', 'such as 10.0.0.0/16'],
    ['S3Endpoint', 'no', 'write true'],
    ['SecretsManagerEndpoint', 'no', 'write true'],
    ['SsmEndpoint', 'yes', 'write true'],
    ['KinesisEndpoints', 'yes', 'write true'],
    ['StsEndpoint', 'no', 'write false'],
    ['DeadLetterBucketName', `arn:aws:s3:::${BUCKET}`, 'write the name of the dead-letter bucket'],
    ['TruststoreBucketName', 's3://certificates', 'write the name of a bucket'],
  ])('%s: %s is refused with a text that says what to write', (name, value, text) => {
    expect(problemsOf({ ...complete, [name]: value })).toEqual([expect.stringContaining(text)]);
  });

  it('is named when the S3 endpoint has no route tables', () => {
    expect(problemsOf(without('RouteTableIds'))).toEqual([expect.stringContaining('RouteTableIds is missing')]);
    expect(problemsOf({ ...without('RouteTableIds'), S3Endpoint: 'false' })).toEqual([]);
  });

  it.each([
    { SecretsManagerEndpoint: 'true' },
    { SecretsManagerEndpoint: 'false', KinesisEndpoints: 'true' },
    { SecretsManagerEndpoint: 'false', SsmEndpoint: 'true' },
  ])('is named when an interface endpoint has no subnets, or no function to let in: %o', (parameters) => {
    for (const name of ['SubnetIds', 'FunctionSecurityGroupId']) {
      expect(problemsOf({ ...without(name), ...parameters })).toEqual([expect.stringContaining(`${name} is missing`)]);
    }
  });

  it('needs no subnets when no interface endpoint is made', () => {
    expect(problemsOf({ ...without('SubnetIds'), SecretsManagerEndpoint: 'false' })).toEqual([]);
  });

  it('is named when it narrows an S3 endpoint that is not made here', () => {
    expect(problemsOf({ ...complete, S3Endpoint: 'false', DeadLetterBucketName: BUCKET })).toEqual([
      expect.stringContaining('leave DeadLetterBucketName out with S3Endpoint=false'),
    ]);
  });
});
