import { SCHEMA_EXPANSIONS_MAX } from '../../../limits.ts';
import { UnsupportedSchemaError } from '../errors.ts';

interface Kept<Type, Made> {
  readonly made: Made;
  /** Every type that was met in it, and whether that type was then being made, outside of it. */
  readonly inside: ReadonlyMap<Type, boolean>;
}

/**
 * What named types become. A type that stands at many places is made once for all of them: two fields of a type with two
 * fields of a type .. would be made as many times as there are ways that lead to them. A type in which one stands that is
 * still being made is made again where that one is not, as it refers to it there.
 */
export class Expansions<Type, Made> {
  readonly #kept = new Map<Type, Kept<Type, Made>>();
  readonly #open = new Set<Type>();
  /** What the type that is being made has met. */
  #inside = new Set<Type>();
  #count = 0;

  /** The type stands where it is being made. */
  meet(type: Type): void {
    this.#inside.add(type);
  }

  /** @throws UnsupportedSchemaError when a schema needs too many of them */
  get(type: Type, make: () => Made): Made {
    const kept = this.#kept.get(type);
    if (kept !== undefined && this.#isAsThen(kept)) {
      for (const each of kept.inside.keys()) this.#inside.add(each);
      return kept.made;
    }
    return this.#make(type, make);
  }

  #make(type: Type, make: () => Made): Made {
    this.#count += 1;
    if (this.#count > SCHEMA_EXPANSIONS_MAX) {
      throw new UnsupportedSchemaError(
        `a schema has types that contain each other in more than ${SCHEMA_EXPANSIONS_MAX} ways, which the function does not follow: register a schema with fewer, see docs/migrating.md`,
      );
    }
    const outside = this.#inside;
    const wasOpen = this.#open.has(type);
    this.#inside = new Set([type]);
    this.#open.add(type);
    const made = make();
    if (!wasOpen) this.#open.delete(type);
    this.#kept.set(type, { made, inside: new Map([...this.#inside].map((each) => [each, this.#open.has(each)])) });
    for (const each of this.#inside) outside.add(each);
    this.#inside = outside;
    return made;
  }

  #isAsThen({ inside }: Kept<Type, Made>): boolean {
    for (const [type, wasOpen] of inside) if (this.#open.has(type) !== wasOpen) return false;
    return true;
  }
}
