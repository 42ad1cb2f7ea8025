import { describeForeign, MskSinksError } from '../../../../shared/errors.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { Create } from './custom-strategies.ts';

type Strategy = (...parameters: never[]) => unknown;

export interface NamedChoice<S extends Strategy> {
  readonly property: string;
  /** The property's value: a class of the connector, or a name in custom/registry.ts. */
  readonly name: string;
  readonly builtIn: ReadonlyMap<string, Create<S>>;
  readonly custom: ReadonlyMap<string, Create<S>>;
}

/**
 * Creates the strategy that a property names.
 * @throws PropertyError for any other name: a Java class of the user's own cannot run here
 */
export function createNamed<S extends Strategy>(properties: TopicProperties, choice: NamedChoice<S>): S {
  const { property, name, builtIn, custom } = choice;
  const create = builtIn.get(name);
  if (create !== undefined) return create(properties);
  const createCustom = custom.get(name);
  if (createCustom !== undefined) return contained(name, createCustom(properties));
  throw new PropertyError(
    property,
    name,
    'is neither a matching class of the MongoDB sink connector nor a name in custom/registry.ts. This function cannot run ' +
      'Java: write the class as a TypeScript module and register the module (docs/custom-strategies.md)',
  );
}

/** An error of a custom strategy concerns only its record. The error is reported without its message (G7). */
function contained<S extends Strategy>(name: string, strategy: S): S {
  const contained = (...parameters: never[]): unknown => {
    try {
      return strategy(...parameters);
    } catch (error) {
      if (error instanceof MskSinksError) throw error;
      throw new UnwritableError(`the custom strategy ${name} failed: ${describeForeign(error)}`);
    }
  };
  return contained as S;
}
