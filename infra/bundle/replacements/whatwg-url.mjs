// Replaces `whatwg-url` in the bundles: Node has both classes, and the package's tables take 276 KiB.
export const URL = globalThis.URL;
export const URLSearchParams = globalThis.URLSearchParams;
