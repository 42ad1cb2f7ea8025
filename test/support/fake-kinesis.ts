import type { Entry } from '../../functions/kinesis-sink/plan/entry.ts';
import type { EntryReply } from '../../functions/kinesis-sink/target/classify.ts';
import type { KinesisPort } from '../../functions/kinesis-sink/target/kinesis-port.ts';

/** What becomes of one entry of an answered request. */
export type EntryFate = 'ok' | 'throttled' | 'internal' | 'unknown-code';

/** What becomes of a whole request. `stored` in the name: the entries are in the stream although the caller sees an error. */
export type RequestFate =
  | { readonly kind: 'answer'; readonly entry?: (entry: Entry) => EntryFate }
  | { readonly kind: 'short-answer' | 'long-answer' }
  | { readonly kind: 'reset' | 'stored-then-reset' | 'server-error' | 'access-denied' | 'until-aborted' | 'deaf' }
  | { readonly kind: 'invalid' };

export const answer: RequestFate = { kind: 'answer' };

const ERROR_CODES: Readonly<Record<Exclude<EntryFate, 'ok'>, string>> = {
  throttled: 'ProvisionedThroughputExceededException',
  internal: 'InternalFailure',
  'unknown-code': 'SomethingNew',
};

/** An error as the SDK throws it; its message quotes input, as some of the service's messages do. */
export const sdkError = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(`SECRET payload quoted by ${name}`), {
    name,
    ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }),
  });

/** A stream in memory whose answers are decided by `fate`. Records what was sent, and what was sent at the same time. */
export function fakeKinesis(
  fate: (entries: readonly Entry[], call: number) => RequestFate = () => answer,
  shardOf: (entry: Entry) => string | undefined = () => 'shardId-000000000000',
) {
  const stored: Entry[] = [];
  const requests: (readonly Entry[])[] = [];
  const open = new Set<readonly Entry[]>();
  const overlaps: (readonly Entry[])[][] = [];
  let sequenceNumber = 0;

  const store = (entry: Entry): EntryReply => {
    stored.push(entry);
    sequenceNumber += 1;
    return { sequenceNumber: String(sequenceNumber), shardId: shardOf(entry), errorCode: undefined };
  };
  const refuse = (errorCode: string): EntryReply => ({ sequenceNumber: undefined, shardId: undefined, errorCode });
  const reply = (entry: Entry, entryFate: EntryFate): EntryReply => {
    if (entryFate === 'ok') return store(entry);
    const shardId = entryFate === 'throttled' ? shardOf(entry) : undefined;
    return { ...refuse(ERROR_CODES[entryFate]), shardId };
  };

  function settle(
    entries: readonly Entry[],
    decided: RequestFate,
    signal: AbortSignal,
  ): Promise<readonly EntryReply[]> {
    switch (decided.kind) {
      case 'answer':
        return Promise.resolve(entries.map((entry) => reply(entry, decided.entry?.(entry) ?? 'ok')));
      case 'short-answer':
        return Promise.resolve(entries.map(store).slice(1));
      case 'long-answer':
        return Promise.resolve([...entries.map(store), refuse('InternalFailure')]);
      case 'stored-then-reset':
        entries.forEach(store);
        return Promise.reject(sdkError('ECONNRESET'));
      case 'reset':
        return Promise.reject(sdkError('ECONNRESET'));
      case 'server-error':
        return Promise.reject(sdkError('InternalFailure', 500));
      case 'access-denied':
        return Promise.reject(sdkError('AccessDeniedException', 400));
      case 'invalid':
        return Promise.reject(sdkError('InvalidArgumentException', 400));
      case 'until-aborted':
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(sdkError('AbortError'))),
        );
      case 'deaf':
        return new Promise(() => undefined);
    }
  }

  const port: KinesisPort = {
    async putRecords(entries, signal) {
      requests.push(entries);
      open.add(entries);
      overlaps.push([...open]);
      try {
        await Promise.resolve(); // an answer never comes before the caller has gone on
        return await settle(entries, fate(entries, requests.length), signal);
      } finally {
        open.delete(entries);
      }
    },
  };
  return {
    port,
    stored,
    requests,
    /** For every request: the requests that were open when it was sent, itself included. */
    overlaps,
    sizesSent: () => requests.map((entries) => entries.length),
  };
}
