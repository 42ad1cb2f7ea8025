/** `${provider:path:key}` or `${provider:key}`, as Kafka Connect reads it. */
export interface Placeholder {
  /** As it stands in the value, braces and all. */
  readonly text: string;
  /** The name under which the provider is known in the file. */
  readonly provider: string;
  /** '' where there is none. */
  readonly path: string;
  /** Without its options (`?ttl=..`). */
  readonly key: string;
}

/** https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/config/ConfigTransformer.java */
const PLACEHOLDER = /\$\{([^}]*?):(?:([^}]*?):)?([^}]*?)\}/g;

/** Every placeholder of a value, from left to right. A secret's ARN is taken for a path, colons and all, which Kafka does not. */
export const placeholdersOf = (value: string): readonly Placeholder[] =>
  [...value.matchAll(PLACEHOLDER)].map(([text, provider = '', path = '', key = '']) => {
    const [name = ''] = key.split('?', 1);
    const end = name.lastIndexOf(':');
    if (path !== 'arn') return { text, provider, path, key: name };
    return { text, provider, path: `arn:${name.slice(0, end)}`, key: name.slice(end + 1) };
  });
