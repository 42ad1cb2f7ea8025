import { DATABASE_BYTES_MAX, NAMESPACE_BYTES_MAX } from '../../limits.ts';
import type { Form } from './property.ts';

export const anyText: Form = { text: 'text', accepts: () => true };

/** Text that may contain a config provider's placeholder, which the function resolves. */
export const secretText: Form = {
  text: "text, or a config provider's placeholder",
  accepts: () => true,
  resolvedLater: true,
};

export const nonEmpty: Form = { text: 'text that is not empty', accepts: (value) => value !== '' };

/** Kafka Connect accepts `true` and `false` in any case. `yes` and `on` of YAML 1.1 are accepted too. */
export const flag: Form = {
  text: '`true` or `false`',
  accepts: (value) => /^(?:true|false|yes|no|on|off)$/i.test(value),
  normalized: (value) => String(/^(?:true|yes|on)$/i.test(value)),
};

/**
 * Kafka's rule for topic names:
 * https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/internals/Topic.java
 */
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;

/**
 * Blank names are ignored:
 * https://github.com/apache/kafka/blob/4.3.1/connect/runtime/src/main/java/org/apache/kafka/connect/runtime/SinkConnectorConfig.java
 */
export const namesIn = (value: string): readonly string[] =>
  [...new Set(value.split(',').map((name) => name.trim()))].filter((name) => name !== '');

export const topics: Form = {
  text: "topics' names, separated by commas",
  accepts: (value) => namesIn(value).every((topic) => TOPIC.test(topic)),
};

const INT32_MAX = 2 ** 31 - 1;

export const wholeNumber = (unit: string, min = 0, max = INT32_MAX): Form => ({
  text: `a whole number of ${unit} from ${min} to ${max}`,
  accepts: (value) => /^[+-]?\d{1,19}$/.test(value) && Number(value) >= min && Number(value) <= max,
});

/** One word of a closed set, in which letter case matters: the rule of Kafka's own transforms. */
export const exactly = (...options: readonly string[]): Form => ({
  text: `one of ${options.map((option) => `\`${option}\``).join(', ')}`,
  accepts: (value) => options.includes(value),
});

/** The same where letter case does not matter: the rule of the connector. */
export const choice = (...options: readonly string[]): Form => ({
  ...exactly(...options),
  accepts: (value) => options.includes(value.toLowerCase()),
});

export const orEmpty = (form: Form): Form => ({
  ...form,
  text: `empty, or ${form.text}`,
  accepts: (value) => value === '' || form.accepts(value),
  ...(form.normalized && { normalized: (value) => (value === '' ? '' : (form.normalized?.(value) ?? value)) }),
});

export const databaseName: Form = {
  text: 'a database name: 1 to 63 bytes, none of / \\ . " $ or blanks',
  accepts: (value) => Buffer.byteLength(value) <= DATABASE_BYTES_MAX && /^[^/\\. "$\0]+$/.test(value),
};

export const collectionName: Form = {
  text: 'a collection name: no $, not beginning with system.',
  accepts: (value) => /^(?!system\.)[^$\0]+$/.test(value) && Buffer.byteLength(value) <= NAMESPACE_BYTES_MAX,
};
