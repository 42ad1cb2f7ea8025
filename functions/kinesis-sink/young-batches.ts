import { setFlagsFromString } from 'node:v8';

/** An option of V8 that Node takes while it runs, but not in `NODE_OPTIONS`. */
export const NO_PRETENURING = '--no-allocation-site-pretenuring';

/**
 * Keeps the objects of a batch in the young generation. All of them live until the end of the batch, so V8 would soon create them in
 * the old generation, where they hold the batch until that is collected as well: docs/decisions/0021-young-batches.md
 * https://nodejs.org/docs/latest-v24.x/api/v8.html#v8setflagsfromstringflags
 */
export const keepBatchesYoung = (): void => setFlagsFromString(NO_PRETENURING);
