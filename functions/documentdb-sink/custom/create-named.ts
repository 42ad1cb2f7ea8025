import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { Create } from './custom-strategies.ts';

export interface NamedChoice<Strategy> {
  readonly property: string;
  /** The value: a class of the connector, or a name of custom/registry.ts. */
  readonly name: string;
  readonly builtIn: ReadonlyMap<string, Create<Strategy>>;
  readonly custom: ReadonlyMap<string, Create<Strategy>>;
}

/**
 * What a property's value names.
 * @throws PropertyError for any other name: a Java class of somebody's own cannot run here
 */
export function createNamed<Strategy>(properties: TopicProperties, choice: NamedChoice<Strategy>): Strategy {
  const { property, name, builtIn, custom } = choice;
  const create = builtIn.get(name) ?? custom.get(name);
  if (create !== undefined) return create(properties);
  throw new PropertyError(
    property,
    name,
    'is neither a class of the MongoDB sink connector that fits here nor a name of custom/registry.ts. A Java class of ' +
      'your own does not run in this function: write it as a TypeScript module and register it (docs/custom-strategies.md)',
  );
}
