import * as v from 'valibot';
import { deploymentSettings, sinkSettings } from '../../shared/settings/common-settings.ts';
import { arn, choice, integerOr, settings, text } from '../../shared/settings/parse-settings.ts';

/** The settings under `documentdbSink` in config/<stage>.yml, and those that the deployment adds. */
export const documentdbSettings = settings({
  ...deploymentSettings,
  ...sinkSettings,
  connector: v.optional(
    text(
      "a path from the project's root, like config/connectors/orders.properties",
      /^(?!\/)[^\0]{1,1024}$/,
      "Path of a MongoDB sink connector's configuration (`.properties`, JSON, YAML, Terraform or ksqlDB): the file sets topics, documents, connection and error handling, and replaces the settings for them (docs/migrating.md).",
    ),
  ),
  authentication: v.optional(
    choice(
      ['password', 'iam'],
      "How the function authenticates to DocumentDB. `password`: with the user name and password of `secretArn`. `iam`: with the function's own role, which must be a user of the `$external` database.",
    ),
    'password',
  ),
  secretArn: v.optional(
    arn(
      'secretsmanager',
      'secret:',
      'Secret with the connection, for `authentication: password`. JSON with host, port, username and password, in the format that DocumentDB and secret rotation write.',
    ),
  ),
  host: v.optional(text('a host name', /^[A-Za-z0-9.:-]{1,253}$/, 'Cluster endpoint, for `authentication: iam`.')),
  port: integerOr(27_017, {
    unit: 'TCP port',
    min: 1,
    max: 65_535,
    description: 'Cluster port, for `authentication: iam`.',
  }),
  database: v.optional(
    text(
      'a database name of letters, digits, _ and -, at most 63',
      /^[A-Za-z0-9_-]{1,63}$/,
      'Target database. Required unless a connector file names the database.',
    ),
  ),
  collection: v.optional(
    text(
      'a collection name of letters, digits, _, . and -, that does not begin with system.',
      /^(?!system\.)[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}$/,
      'Target collection. Default: the name of the topic.',
    ),
  ),
  caBundle: v.optional(
    text(
      "region, a PEM file's path or s3://BUCKET/KEY",
      /^(?!s3:)[^\0]{1,1024}$|^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^\0]{1,1024}$/,
      "CA certificates that the function trusts. `region`: the region's root certificates, bundled at build time. A relative path: a PEM file of the project, bundled at build time. An absolute path: a PEM file on the function's disk, for example in a layer. `s3://BUCKET/KEY`: a PEM object in an S3 bucket of the function's account, read for each new connection.",
    ),
    'region',
  ),
  replicaSet: v.optional(
    text(
      "a replica set's name, or none",
      /^[A-Za-z0-9_-]{1,64}$/,
      'Replica set name. `rs0` for instance-based clusters; `none` for endpoints without a replica set (elastic clusters).',
    ),
    'rs0',
  ),
  poolSizeMax: integerOr(3, {
    unit: 'connections',
    min: 1,
    max: 50,
    description:
      'Maximum connections from one execution environment to the primary. Also the maximum number of bulk writes in flight.',
  }),
  idStrategy: v.optional(
    choice(
      ['key'],
      "Source of the document's `_id`. `key`: the record's key, as a string if it is valid UTF-8, otherwise as binary data.",
    ),
    'key',
  ),
  deletes: v.optional(
    choice(
      ['tombstone', 'hard'],
      'How a record with a null value deletes its document. `tombstone`: replaces the document by a tombstone, so that an older version cannot be restored until the tombstone expires. `hard`: removes the document.',
    ),
    'tombstone',
  ),
  tombstoneTtlSeconds: integerOr(30 * 24 * 60 * 60, {
    unit: 'seconds',
    min: 3_600,
    max: 2_147_483_647,
    description: "Lifetime of a tombstone document. Must not be shorter than the topic's retention.",
  }),
});

export type DocumentdbSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof documentdbSettings.entries, undefined>>>;

/**
 * Settings that a connector file replaces, each with the property that replaces it. The stage file must not have both.
 */
export const DECIDED_BY_CONNECTOR: ReadonlyMap<string, string> = new Map([
  ['authentication', 'connection.uri'],
  ['secretArn', 'connection.uri'],
  ['host', 'connection.uri'],
  ['port', 'connection.uri'],
  ['replicaSet', 'connection.uri'],
  ['database', 'database'],
  ['collection', 'collection'],
  ['idStrategy', 'document.id.strategy'],
  ['deletes', 'msksinks.deletes'],
  ['tombstoneTtlSeconds', 'msksinks.deletes.tombstone.ttl.seconds'],
  ['onPoison', 'errors.tolerance'],
]);
