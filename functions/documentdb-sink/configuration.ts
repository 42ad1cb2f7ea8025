import type { Preparation } from './plan/preparation.ts';
import type { RecordMapper } from './plan/record-mapper.ts';
import type { DocumentdbSinkSettings } from './sink.ts';
import type { ReadAddress } from './target/connection/address.ts';
import type { ReadText } from './target/connection/aws-readers.ts';
import type { ReadBundle } from './target/connection/tls-context.ts';
import type { ProbedPlaces } from './target/probe.ts';

/** What the function does, from a connector file or from the stage file. */
export interface Configuration {
  readonly mapper: RecordMapper;
  /** What the mapper needs before it plans a record. */
  readonly preparation?: Preparation;
  readonly readAddress: ReadAddress;
  readonly sinkSettings: DocumentdbSinkSettings;
  /** What a probe looks at. */
  readonly probedPlaces: () => Promise<ProbedPlaces>;
}

export interface ConfigurationParts {
  /** Returns the text of the connector file, if the settings name one. */
  readonly readConnectorFile: () => string;
  readonly readSecret: ReadText;
  readonly readParameter: ReadText;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The bundle of `caBundle`. A schema registry is trusted by it beside the public roots, where the stage file names one. */
  readonly readCaBundle?: ReadBundle | undefined;
}
