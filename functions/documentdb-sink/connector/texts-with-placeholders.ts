import { sidesWithRegistry } from './create-record-mapper.ts';
import type { Connector } from './file/connector.ts';

/** Settings of a converter that nothing reads. */
const UNREAD = /truststore\.(?!certificates$)/;

/** The texts of a file that the function fills in from secrets, parameters and its environment. */
export const textsWithPlaceholders = (connector: Connector): readonly string[] => [
  connector.connectionUri,
  ...registryTexts(connector).map(([, text]) => text),
];

/** The settings of converters that ask a schema registry, by the names of their properties. */
export const registryTexts = (connector: Connector): readonly (readonly [name: string, text: string])[] =>
  sidesWithRegistry(connector).flatMap((side) =>
    [...connector.properties.under(`${side}.converter.`)]
      .filter(([name]) => !UNREAD.test(name))
      .map(([name, text]) => [`${side}.converter.${name}`, text] as const),
  );
