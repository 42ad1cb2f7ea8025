import { assert } from '../../../shared/errors.ts';

/**
 * The connector's properties for one topic: `topic.override.<topic>.*` before the file's own properties before the
 * defaults. Type and range of every value have been checked.
 */
export class TopicProperties {
  readonly #values: ReadonlyMap<string, string>;

  /** @param values every property that is read, including defaults; '' means "not set" */
  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values.get(name);
    assert(value !== undefined, `the property ${name} is declared`);
    return value;
  }

  /** Comma-separated values without surrounding blanks. */
  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  flag(name: string): boolean {
    return this.text(name).trim().toLowerCase() === 'true';
  }

  /** What is set or has a default under a prefix, without it. */
  under(prefix: string): ReadonlyMap<string, string> {
    return new Map(
      [...this.#values]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  }

  integer(name: string): number {
    return Number(this.text(name));
  }
}
