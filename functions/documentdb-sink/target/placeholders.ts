/** `${provider:path:key}` or `${provider:key}`, as Kafka Connect reads it. */
export interface Placeholder {
  /** The whole placeholder, including the braces. */
  readonly text: string;
  /** The provider's alias in the file. */
  readonly provider: string;
  /** Empty if the placeholder has no path. */
  readonly path: string;
  /** The key without its options (`?ttl=..`). */
  readonly key: string;
}

/** https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/config/ConfigTransformer.java */
const PLACEHOLDER = /\$\{([^}]*?):(?:([^}]*?):)?([^}]*?)\}/g;

/**
 * Every placeholder of a value, from left to right. A secret's ARN counts as a path although it contains colons, unlike
 * in Kafka.
 */
export const placeholdersOf = (value: string): readonly Placeholder[] =>
  [...value.matchAll(PLACEHOLDER)].map(([text, provider = '', path = '', key = '']) => {
    const [name = ''] = key.split('?', 1);
    const end = name.lastIndexOf(':');
    if (path !== 'arn') return { text, provider, path, key: name };
    return { text, provider, path: `arn:${name.slice(0, end)}`, key: name.slice(end + 1) };
  });
