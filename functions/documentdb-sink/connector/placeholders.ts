/** `${provider:path:key}` or `${provider:key}`, as Kafka Connect reads it. */
export interface Placeholder {
  /** As it stands in the value, braces and all. */
  readonly text: string;
  /** The name under which the provider is known in the file. */
  readonly provider: string;
  /** '' where there is none. */
  readonly path: string;
  readonly key: string;
}

/** https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/config/ConfigTransformer.java */
const PLACEHOLDER = /\$\{([^}]*?):(?:([^}]*?):)?([^}]*?)\}/g;

/** Every placeholder of a value, from left to right. */
export const placeholdersOf = (value: string): readonly Placeholder[] =>
  [...value.matchAll(PLACEHOLDER)].map(([text, provider = '', path = '', key = '']) => ({ text, provider, path, key }));
