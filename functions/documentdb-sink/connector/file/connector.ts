import type { TopicProperties } from '../topic-properties.ts';

/** A connector's configuration, checked. */
export interface Connector {
  readonly topics: readonly string[];
  /** Of a topic in `topics`. */
  readonly propertiesByTopic: (topic: string) => TopicProperties;
  /** Of all topics: what is not set for each. */
  readonly properties: TopicProperties;
  /** As it stands in the file, placeholders and all. */
  readonly connectionUri: string;
  /** The class behind each config provider that the file declares, by its name. */
  readonly providers: ReadonlyMap<string, string>;
  /** Everything under `transforms` and `predicates`. */
  readonly transforms: ReadonlyMap<string, string>;
  /** `msksinks.guard.epoch.<topic>`, of the topics that have one. */
  readonly epochs: ReadonlyMap<string, number>;
  /** What the file sets without a meaning here, and why. */
  readonly meaningless: readonly Meaningless[];
  /** Names that Kafka Connect ignores, each with its place and what was probably meant. */
  readonly ignored: readonly string[];
}

export interface Meaningless {
  readonly name: string;
  readonly reason: string;
}
