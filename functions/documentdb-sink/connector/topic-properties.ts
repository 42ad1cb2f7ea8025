import { assert } from '../../../shared/errors.ts';

/**
 * The connector's properties as they hold for one topic: `topic.override.<topic>.*` over the file's own over the
 * defaults. Everything in it has been checked for its type and range.
 */
export class TopicProperties {
  readonly #values: ReadonlyMap<string, string>;

  /** @param values every property that is read, defaults included; '' stands for "not set" */
  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values.get(name);
    assert(value !== undefined, `the property ${name} is declared`);
    return value;
  }

  /** Comma-separated, blanks around names dropped. */
  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  flag(name: string): boolean {
    return this.text(name).trim().toLowerCase() === 'true';
  }

  integer(name: string): number {
    return Number(this.text(name));
  }
}
