import type { RecordMapper } from './plan/record-mapper.ts';
import type { DocumentdbSinkSettings } from './sink.ts';
import type { ReadAddress } from './target/connection/address.ts';
import type { ReadText } from './target/connection/aws-readers.ts';

/** What the function does, from a connector file or from the stage file. */
export interface Configuration {
  readonly mapper: RecordMapper;
  readonly readAddress: ReadAddress;
  readonly sinkSettings: DocumentdbSinkSettings;
}

export interface ConfigurationParts {
  /** Returns the text of the connector file, if the settings name one. */
  readonly readConnectorFile: () => string;
  readonly readSecret: ReadText;
  readonly readParameter: ReadText;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
