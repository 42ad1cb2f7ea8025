import * as v from 'valibot';
import { deploymentSettings, sinkSettings } from '../../shared/settings/common-settings.ts';
import { arn, choice, integerOr, settings, text } from '../../shared/settings/parse-settings.ts';

/** What a user writes under `documentdbSink` in config/<stage>.yml, and what the deployment adds. */
export const documentdbSettings = settings({
  ...deploymentSettings,
  ...sinkSettings,
  connector: v.optional(
    text(
      "a path from the project's root, like config/connectors/orders.properties",
      /^(?!\/)[^\0]{1,1024}$/,
      "A MongoDB sink connector's own file, `.properties`, JSON, YAML, Terraform or ksqlDB: it decides topics, documents, connection and errors in place of the settings named there (docs/migrating.md).",
    ),
  ),
  authentication: v.optional(
    choice(
      ['password', 'iam'],
      "How the function logs in: with the secret's user and password, or as its own role, which is then a user of $external.",
    ),
    'password',
  ),
  secretArn: v.optional(
    arn(
      'secretsmanager',
      'secret:',
      'With authentication: password. The secret with the connection: JSON with host, port, username and password, as DocumentDB and rotation write it.',
    ),
  ),
  host: v.optional(text('a host name', /^[A-Za-z0-9.:-]{1,253}$/, "With authentication: iam. The cluster's endpoint.")),
  port: integerOr(27_017, {
    unit: 'TCP port',
    min: 1,
    max: 65_535,
    description: "With authentication: iam. The cluster's port.",
  }),
  database: v.optional(
    text(
      'a database name of letters, digits, _ and -, at most 63',
      /^[A-Za-z0-9_-]{1,63}$/,
      'The database that is written to. Must be written unless a connector file names it.',
    ),
  ),
  collection: v.optional(
    text(
      'a collection name of letters, digits, _, . and -, that does not begin with system.',
      /^(?!system\.)[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}$/,
      "The collection that is written to. By default the topic's name.",
    ),
  ),
  caBundle: v.optional(
    text(
      "region, a PEM file's path or s3://BUCKET/KEY",
      /^(?!s3:)[^\0]{1,1024}$|^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^\0]{1,1024}$/,
      "Whose certificates are trusted: the region's roots, bundled at build time (region); those of a PEM file of the project, bundled as well, or on the function's disk (an absolute path, as of a layer); or of an object in S3, read with each new connection.",
    ),
    'region',
  ),
  replicaSet: v.optional(
    text(
      "a replica set's name, or none",
      /^[A-Za-z0-9_-]{1,64}$/,
      'rs0 on every instance-based cluster; none for an endpoint that is no replica set (elastic clusters).',
    ),
    'rs0',
  ),
  poolSizeMax: integerOr(3, {
    unit: 'connections',
    min: 1,
    max: 50,
    description: 'Connections to the primary of one function environment; as many bulks are under way at once.',
  }),
  idStrategy: v.optional(
    choice(['key'], "What becomes the document's _id: the record's key, as text if it is UTF-8, else as binary."),
    'key',
  ),
  deletes: v.optional(
    choice(
      ['tombstone', 'hard'],
      'A null value deletes: by a tombstone document that keeps older versions from coming back until it expires, or hard.',
    ),
    'tombstone',
  ),
  tombstoneTtlSeconds: integerOr(30 * 24 * 60 * 60, {
    unit: 'seconds',
    min: 3_600,
    max: 2_147_483_647,
    description: "How long a tombstone document stays. Not shorter than the topic's retention.",
  }),
});

export type DocumentdbSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof documentdbSettings.entries, undefined>>>;

/** Settings that a connector's file decides, and by what; they must not stand beside one. */
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
