// Replaces `@smithy/core/event-streams` in the bundles: 14 KiB of kinesisSink's start. The clients of Kinesis and S3 load it for
// SubscribeToShard and SelectObjectContent, which no function calls.

export const eventStreamSerdeProvider = () => undefined;

/** @template T @param {T} config @returns {T} */
export const resolveEventStreamSerdeConfig = (config) => config;

export class EventStreamSerde {
  constructor() {
    throw new Error(
      'The bundle has no event streams: to call an operation that needs them, remove their replacement from esbuild.config.mjs',
    );
  }
}
