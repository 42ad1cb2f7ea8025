import { sidesWithRegistry } from './create-record-mapper.ts';
import type { Connector } from './file/connector.ts';

/** Settings of a converter that nothing reads. */
const UNREAD = /truststore\.(?!certificates$)/;

/** The texts of a file that the function fills in from secrets, parameters and its environment. */
export const textsWithPlaceholders = (connector: Connector): readonly string[] => [
  connector.connectionUri,
  ...sidesWithRegistry(connector).flatMap((side) =>
    [...connector.properties.under(`${side}.converter.`)]
      .filter(([name]) => !UNREAD.test(name))
      .map(([, text]) => text),
  ),
];
