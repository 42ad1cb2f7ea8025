import * as v from 'valibot';
import { deploymentSettings, sinkSettings } from '../../shared/common-settings.ts';
import { arn, choice, integerOr, settings, text } from '../../shared/parse-settings.ts';

/** What a user writes under `documentdbSink` in config/<stage>.yml, and what the deployment adds. */
export const documentdbSettings = settings({
  ...deploymentSettings,
  ...sinkSettings,
  secretArn: arn(
    'secretsmanager',
    'secret:',
    'The secret with the connection: JSON with host, port, username and password, as DocumentDB and rotation write it.',
  ),
  database: text(
    'a database name of letters, digits, _ and -, at most 63',
    /^[A-Za-z0-9_-]{1,63}$/,
    'The database that is written to.',
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
      "region, or a PEM file's path",
      /^[^\0]{1,1024}$/,
      "Whose certificates are trusted: the region's roots, bundled at build time (region), or those of a PEM file.",
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
