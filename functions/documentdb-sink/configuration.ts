import type { RecordMapper } from './plan/record-mapper.ts';
import type { DocumentdbSinkSettings } from './sink.ts';
import type { ReadAddress } from './target/connection/address.ts';
import type { ReadText } from './target/connection/aws-readers.ts';

/** What the function does, whether a connector's file or the stage file says so. */
export interface Configuration {
  readonly mapper: RecordMapper;
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
