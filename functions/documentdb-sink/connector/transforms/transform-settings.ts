import type { Form } from '../file/property.ts';
import { PropertyError } from '../property-error.ts';

/** A property of a transform or a predicate, without its prefix. */
export interface TransformProperty {
  readonly name: string;
  readonly form: Form;
  /** Undefined: not set, and that means something. Null: it must be written. */
  readonly default: string | undefined | null;
  /** What older versions of Kafka Connect called it. */
  readonly deprecated?: string;
}

export const required = (name: string, form: Form): TransformProperty => ({ name, form, default: null });
export const optional = (name: string, form: Form, fallback?: string): TransformProperty => ({
  name,
  form,
  default: fallback,
});

/** What a file sets for one transform, checked, with its defaults. Texts are trimmed, as in Kafka's ConfigDef. */
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

  /** @throws PropertyError where a custom transform asks for what the file does not set */
  text(name: string): string {
    const text = this.optional(name);
    if (text === undefined) throw new PropertyError(this.prefix + name, '', 'is missing');
    return text;
  }

  /** Separated by commas, blanks around them dropped. */
  list(name: string): readonly string[] {
    return listOf(this.optional(name) ?? '');
  }

  flag(name: string): boolean {
    return this.text(name).toLowerCase() === 'true';
  }
}

export const listOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/\s*,\s*/));
