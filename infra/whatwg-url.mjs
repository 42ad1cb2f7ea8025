// Stands in for `whatwg-url` in the bundles: the runtime has both classes, and the package's tables weigh 276 KiB.
export const URL = globalThis.URL;
export const URLSearchParams = globalThis.URLSearchParams;
