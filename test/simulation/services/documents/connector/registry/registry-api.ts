import type { HttpReply, httpCall } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import type { RegistryConverterName } from '../../../../scenario/connector/connector.ts';

export interface Question {
  readonly url: URL;
  readonly options: Parameters<typeof httpCall>[1];
  /** Whose format the schemas have. */
  readonly converter: RegistryConverterName;
}

/** How a registry answers, and how it fails. */
export interface RegistryApi {
  readonly failures: readonly HttpReply[];
  readonly refusals: readonly HttpReply[];
  /** At its address there is something else. */
  readonly ofAnotherServer: readonly HttpReply[];
  readonly notFound: HttpReply;
  /** A schema that the function does not follow; undefined: none is known. */
  unsupported?(question: Question): HttpReply | undefined;
  /** Of the schema that is asked for. */
  idIn(question: Question): number | undefined;
  answerTo(question: Question): HttpReply;
}
