import type { TopicProperties } from '../topic-properties.ts';

/** A checked configuration of a connector. */
export interface Connector {
  readonly topics: readonly string[];
  /** The properties of a topic in `topics`. */
  readonly propertiesByTopic: (topic: string) => TopicProperties;
  /** The properties without a topic's overrides. */
  readonly properties: TopicProperties;
  /** The text of the file, including placeholders. */
  readonly connectionUri: string;
  /** The class of each config provider that the file declares, by alias. */
  readonly providers: ReadonlyMap<string, string>;
  /** Every property under `transforms` and `predicates`. */
  readonly transforms: ReadonlyMap<string, string>;
  /** `msksinks.guard.epoch.<topic>` by topic. */
  readonly epochs: ReadonlyMap<string, number>;
  /** Properties that the file sets without an effect, each with the reason. */
  readonly meaningless: readonly Meaningless[];
  /** Names that Kafka Connect ignores, each with its place and the name that was probably meant. */
  readonly ignored: readonly string[];
}

export interface Meaningless {
  readonly name: string;
  readonly reason: string;
}
