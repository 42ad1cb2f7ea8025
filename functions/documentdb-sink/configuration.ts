import type { ReadAddress } from './connection/address.ts';
import type { ReadText } from './connection/aws-readers.ts';
import type { RecordPolicy } from './record-policy.ts';
import type { DocumentdbSinkSettings } from './sink.ts';

/** What the function does, whether a connector's file or the stage file says so. */
export interface Configuration {
  readonly policy: RecordPolicy;
  readonly readAddress: ReadAddress;
  readonly sinkSettings: DocumentdbSinkSettings;
}

export interface ConfigurationParts {
  /** The text of the connector's file, where the settings name one. */
  readonly readConnectorFile: () => string;
  readonly readSecret: ReadText;
  readonly readParameter: ReadText;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
