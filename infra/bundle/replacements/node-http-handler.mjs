// Replaces `@smithy/node-http-handler` in the bundles: its handler of HTTP/2 takes 6 KiB of kinesisSink's start. The Kinesis client
// loads it as its default; the functions pass a handler of HTTP/1.1 to each client.

// biome-ignore lint/correctness/noUndeclaredDependencies: a dependency of the package that is replaced, which exports the same
export { streamCollector } from '@smithy/core/serde';
export { NodeHttpHandler } from '../../../node_modules/@smithy/node-http-handler/dist-es/node-http-handler.js';

export const NodeHttp2Handler = {
  /** @param {unknown} handler what the client was given as `requestHandler` */
  create(handler) {
    if (typeof handler?.handle === 'function') return handler;
    throw new Error('The bundle has no HTTP/2: pass a NodeHttpHandler to the client as requestHandler');
  },
};
