/**
 * The declaration of one property of a connector file. The reader, the report at packaging and the table in
 * docs/migrating.md are made from it.
 */
export interface Property {
  /** The name in the file; for a family, the part before the `*`. */
  readonly name: string;
  /** True if names continue after `name`: with a topic, a converter's own setting, or a provider. */
  readonly family: boolean;
  readonly form: Form;
  /** The default in the form of the file; '' means "not set". Null means that the property is required. */
  readonly default: string | null;
  readonly support: PropertySupport;
  /** Whether `topic.override.<topic>.` may precede the name. */
  readonly perTopic: boolean;
  /** A sentence for the operator. */
  readonly description: string;
  /** Reported at packaging if the property is set: how its effect differs from that in the connector. */
  readonly remark?: string;
}

export type PropertySupport =
  | { readonly kind: 'implemented' }
  /** accepted, and reported once at packaging; `reason` says what replaces the property */
  | { readonly kind: 'meaningless'; readonly reason: string }
  /** an error, unless the property has its default and so has no effect */
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string };

export interface Form {
  /** Completes "must be ..", and appears in the documentation. */
  readonly text: string;
  readonly accepts: (value: string) => boolean;
  /** Replaces "must be .." if more is known about the value. Never quotes the value. */
  readonly problem?: (value: string) => string | undefined;
  /**
   * Returns an accepted value in the one spelling that the function reads. Without this method, the value stays
   * unchanged.
   */
  readonly normalized?: (value: string) => string;
  /** True if the value may contain `${provider:path:key}`, because only the running function needs the value. */
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

/** A property that may also be set for one topic. */
export const perTopic = (name: string, declaration: Declaration): Property =>
  implemented(name, { ...declaration, perTopic: true });

export const meaningless = (name: string, reason: string, declaration: Declaration): Property =>
  declare({ kind: 'meaningless', reason })(name, declaration);

export const refused = (name: string, why: { reason: string; remedy: string }, declaration: Declaration): Property =>
  declare({ kind: 'refused', ...why })(name, declaration);

/** Marks properties that may be set for one topic, as every property of the connector itself. */
export const ofTopics = (properties: readonly Property[]): readonly Property[] =>
  properties.map((property) => ({ ...property, perTopic: true }));
