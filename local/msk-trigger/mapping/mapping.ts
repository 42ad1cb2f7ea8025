import type { ValuePattern } from '../filter/pattern.ts';

/** The on-failure destination. */
export type Destination =
  | { readonly kind: 's3'; readonly bucketArn: string }
  | { readonly kind: 'sqs'; readonly queueArn: string }
  | { readonly kind: 'sns'; readonly topicArn: string }
  | { readonly kind: 'kafka'; readonly topic: string };

/** Applies if the consumer group has no committed offset. */
export type StartingPosition =
  | { readonly kind: 'TRIM_HORIZON' }
  | { readonly kind: 'LATEST' }
  | { readonly kind: 'AT_TIMESTAMP'; readonly timestampMs: number };

/** A schema registry, and which attributes of a record it validates. */
export interface SchemaRegistrySettings {
  readonly url: string;
  /** What the function gets of a validated attribute: JSON, or the bytes behind the schema's id. */
  readonly format: 'JSON' | 'SOURCE';
  readonly validated: readonly ('key' | 'value')[];
}

/** An `AWS::Lambda::EventSourceMapping` for MSK, with defaults. */
export interface Mapping {
  readonly logicalId: string;
  /** The logical id of a function in the same template. */
  readonly functionLogicalId: string;
  readonly isEnabled: boolean;
  readonly eventSourceArn: string;
  readonly topic: string;
  readonly consumerGroupId: string;
  readonly startingPosition: StartingPosition;
  /** A record is sent if one of them matches; none: every record. */
  readonly filters: readonly ValuePattern[];
  readonly schemaRegistry?: SchemaRegistrySettings | undefined;
  readonly batchRecordsMax: number;
  readonly windowMs: number;
  /** Provisioned mode; undefined: on demand. */
  readonly pollers: { readonly min: number; readonly max: number } | undefined;
  readonly reportsItemFailures: boolean;
  /** Infinity: no limit. */
  readonly retriesMax: number;
  readonly recordAgeMaxMs: number;
  readonly bisects: boolean;
  readonly destination: Destination | undefined;
}
