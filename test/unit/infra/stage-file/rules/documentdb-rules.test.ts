import { describe, expect, it } from 'vitest';
import { aConnectorText, aProject, aStageFileWithConnector, CONNECTOR_PATH } from '../../../../support/a-connector.ts';
import { aStageFile } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';
const project = aProject({ 'config/own.pem': PEM, 'config/trust.jks': 'feedfeed' });
const problemsWith = (documentdbSink: Readonly<Record<string, unknown>>, stage = 'dev') =>
  problemsOf(aStageFile({ documentdbSink }), stage, project);

describe('without a connector file', () => {
  it('a database and a secret are named', () => {
    expect(problemsWith({ database: undefined, secretArn: undefined })).toEqual([
      'documentdbSink.database is missing: write the database, or a connector file in documentdbSink.connector',
      'documentdbSink.secretArn is missing: authentication: password needs a secret',
    ]);
  });

  it('a login as the role needs the endpoint, and no secret', () => {
    const iam = { authentication: 'iam', secretArn: undefined };
    expect(problemsWith({ ...iam, host: 'docdb.example', port: 27_018 })).toEqual([]);
    expect(problemsWith(iam)).toEqual([
      "documentdbSink.host is missing: authentication: iam needs the cluster's endpoint",
    ]);
    expect(problemsWith({ authentication: 'iam', host: 'docdb.example' })).toEqual([
      'documentdbSink.secretArn applies only to authentication: password; remove it for iam',
    ]);
  });

  it('a secret names the endpoint itself', () => {
    expect(problemsWith({ host: 'docdb.example', port: 1 })).toEqual([
      'documentdbSink.host applies only to authentication: iam; with password the secret holds it: remove it',
      'documentdbSink.port applies only to authentication: iam; with password the secret holds it: remove it',
    ]);
  });
});

describe('a collection with the name of its topic', () => {
  const problem = (collection: string, why: string) =>
    `the topic ${collection} gives a collection that DocumentDB refuses: ${why}; write another name in documentdbSink.collection`;
  const TOO_LONG = 'shop.<collection> may have 120 bytes';

  it('fits into a namespace', () => {
    const named = (topic: string, collection?: string) =>
      problemsWith({ trigger: { topics: [topic], consumerGroupId: 'group-{function}' }, collection });
    expect(named('t'.repeat(115))).toEqual([]);
    expect(named('t'.repeat(116))).toEqual([problem('t'.repeat(116), TOO_LONG)]);
    expect(named('t'.repeat(116), 'orders')).toEqual([]);
    expect(named('system.orders')).toEqual([problem('system.orders', 'the name begins with system.')]);
    expect(named('orders.system.x')).toEqual([]);
  });

  it('of a connector file as well, unless a record names the collection', () => {
    const inFile = (properties: Readonly<Record<string, string>>) =>
      problemsOf(
        aStageFileWithConnector({ documentdbSink: { trigger: { consumerGroupId: 'group' } } }),
        'dev',
        aProject({ [CONNECTOR_PATH]: aConnectorText({ topics: 'system.orders', collection: '', ...properties }) }),
      );
    const why =
      'the name begins with system.; write another name in topic.override.system.orders.collection, or in collection';
    expect(inFile({})).toEqual([
      `${CONNECTOR_PATH}: the topic system.orders gives a collection that DocumentDB refuses: ${why}`,
    ]);
    expect(inFile({ 'topic.override.system.orders.collection': 'orders' })).toEqual([]);
    expect(
      inFile({
        'namespace.mapper': 'com.mongodb.kafka.connect.sink.namespace.mapping.FieldPathNamespaceMapper',
        'namespace.mapper.value.collection.field': 'to',
      }),
    ).toEqual([]);
  });
});

describe('a CA bundle', () => {
  it.each(['region', 'config/own.pem', '/opt/ca.pem', 's3://trust/ca.pem'])('%s is taken', (caBundle) => {
    expect(problemsWith({ caBundle })).toEqual([]);
  });

  it('is not looked for in the stage local, whose engine makes it', () => {
    expect(problemsWith({ caBundle: 'config/none.pem' }, 'local')).toEqual([]);
  });

  it.each([
    [
      'config/none.pem',
      "documentdbSink.caBundle: there is no file config/none.pem; write a path relative to the project's root",
    ],
    [
      'config/trust.jks',
      'documentdbSink.caBundle: config/trust.jks holds no PEM certificate; convert a JKS truststore with keytool -exportcert -rfc',
    ],
    ['s3://trust', "documentdbSink.caBundle must be region, a PEM file's path or s3://BUCKET/KEY"],
  ])('%s is refused', (caBundle, problem) => {
    expect(problemsWith({ caBundle })).toEqual([problem]);
  });
});
