/**
 * What is declared of one property of a connector's file. One declaration serves the reader, the report at packaging and
 * the table in docs/migrating.md.
 */
export interface Property {
  /** Its name in the file; of a family, the part before the `*`. */
  readonly name: string;
  /** A family's names go on after `name`: a topic, a converter's own setting, a provider. */
  readonly family: boolean;
  readonly form: Form;
  /** As in the file; '' means not set. Null: it must be written. */
  readonly default: string | null;
  readonly support: PropertySupport;
  /** Whether `topic.override.<topic>.` may stand before it. */
  readonly perTopic: boolean;
  /** A sentence for the operator. */
  readonly description: string;
  /** Said at packaging where the property is set: how its effect differs from the connector's. */
  readonly remark?: string;
}

export type PropertySupport =
  | { readonly kind: 'implemented' }
  /** Accepted, and said once at packaging: `reason` is what stands in for it. */
  | { readonly kind: 'meaningless'; readonly reason: string }
  /** An error, unless it has its default: then it asks for nothing. */
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string };

export interface Form {
  /** Completes "must be ..", and stands in the docs. */
  readonly text: string;
  readonly accepts: (value: string) => boolean;
  /** Said instead of "must be .." where more is known of what the value is. Never quotes it. */
  readonly problem?: (value: string) => string | undefined;
  /** An accepted value in the one spelling that the function reads. Without it, the value as it is written. */
  readonly normalized?: (value: string) => string;
  /** A `${provider:path:key}` may stand in it: its value is needed at run time only. */
  readonly resolvedLater?: boolean;
}

interface Declaration {
  readonly form: Form;
  readonly default?: string | null;
  readonly perTopic?: boolean;
  readonly description: string;
  readonly remark?: string;
}

const declare =
  (support: PropertySupport) =>
  (name: string, { default: fallback = '', perTopic = false, ...declaration }: Declaration): Property => ({
    ...declaration,
    name: name.replace(/\*$/, ''),
    family: name.endsWith('*'),
    default: fallback,
    support,
    perTopic,
  });

export const implemented = declare({ kind: 'implemented' });

/** Of one topic, too. */
export const perTopic = (name: string, declaration: Declaration): Property =>
  implemented(name, { ...declaration, perTopic: true });

export const meaningless = (name: string, reason: string, declaration: Declaration): Property =>
  declare({ kind: 'meaningless', reason })(name, declaration);

export const refused = (name: string, why: { reason: string; remedy: string }, declaration: Declaration): Property =>
  declare({ kind: 'refused', ...why })(name, declaration);

/** Whether it can be set for one topic alone. Everything of the connector's own can, as in the connector. */
export const ofTopics = (properties: readonly Property[]): readonly Property[] =>
  properties.map((property) => ({ ...property, perTopic: true }));
