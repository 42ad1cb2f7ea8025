import type { Form } from '../file/property.ts';
import { PropertyError } from '../property-error.ts';

/** A property of a transform or a predicate, without its prefix. */
export interface TransformProperty {
  readonly name: string;
  readonly form: Form;
  /**
   * Undefined means that the property may be left out, and that this has a meaning. Null means that the property is
   * required.
   */
  readonly default: string | undefined | null;
  /** The name in older versions of Kafka Connect. */
  readonly deprecated?: string;
}

export const required = (name: string, form: Form): TransformProperty => ({ name, form, default: null });
export const optional = (name: string, form: Form, fallback?: string): TransformProperty => ({
  name,
  form,
  default: fallback,
});

/** The checked settings of one transform, including defaults. Values are trimmed, as in Kafka's ConfigDef. */
export class TransformSettings {
  readonly prefix: string;
  readonly #values: ReadonlyMap<string, string | undefined>;

  /** @param prefix `transforms.<alias>.` */
  constructor(prefix: string, values: ReadonlyMap<string, string | undefined>) {
    this.prefix = prefix;
    this.#values = values;
  }

  optional(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws PropertyError if a custom transform asks for a property that the file does not set */
  text(name: string): string {
    const text = this.optional(name);
    if (text === undefined) throw new PropertyError(this.prefix + name, '', 'is missing');
    return text;
  }

  /** Comma-separated values without surrounding blanks. */
  list(name: string): readonly string[] {
    return listOf(this.optional(name) ?? '');
  }

  flag(name: string): boolean {
    return this.text(name).toLowerCase() === 'true';
  }
}

export const listOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/\s*,\s*/));
