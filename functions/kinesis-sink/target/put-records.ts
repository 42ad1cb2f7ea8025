import { text } from 'node:stream/consumers';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Entry } from '../plan/entry.ts';
import type { EntryReply } from './classify.ts';

/** A request whose body and reply this project reads and writes itself. */
export interface PutRecords {
  readonly command: PutRecordsCommand;
  /** One reply for each entry, in order. Call after the command was sent. */
  replies(): readonly EntryReply[];
}

interface Response {
  readonly statusCode: number;
  body: Uint8Array | NodeJS.ReadableStream;
}

/**
 * The data is base64 in Kafka's event and in the request, so the text is passed through. The command is created without
 * records, and its body is replaced before it is signed; endpoint, signature and errors remain the SDK's. The SDK is given
 * an empty reply in place of a successful one, because it visits each field of a reply several times. Together that saves
 * half of the CPU time of a request (docs/decisions/0004-kinesis-client.md). The SDK's reader of streams would keep the body of
 * each request until V8 collects the old generation (docs/decisions/0021-old-generation.md).
 */
export function putRecords(streamArn: string, entries: readonly Entry[]): PutRecords {
  const command = new PutRecordsCommand({ StreamARN: streamArn, Records: [] });
  let replies: readonly EntryReply[] = [];
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: unknown; headers: Record<string, string> };
      const body = putRecordsBody(streamArn, entries);
      request.body = body;
      request.headers['content-length'] = String(body.length);
      return next(args);
    },
    { step: 'serialize', priority: 'low', name: 'passBase64Through' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as Response;
      if (response.statusCode !== OK) return result; // the SDK reads errors
      replies = repliesOf(await text(response.body as NodeJS.ReadableStream));
      response.body = NO_RECORDS;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'readReplies' },
  );
  return { command, replies: () => replies };
}

const OK = 200;
const NO_RECORDS = Buffer.from('{}');

/**
 * Reads the body of a successful answer. What is missing or has another type is undefined, which never counts as stored.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_ResponseSyntax
 * @throws SyntaxError if the body is no JSON
 */
export function repliesOf(body: string): readonly EntryReply[] {
  const reply: { readonly Records?: unknown } | null = JSON.parse(body);
  return Array.isArray(reply?.Records) ? reply.Records.map(replyOf) : [];
}

function replyOf(record: Readonly<Record<string, unknown>> | null): EntryReply {
  return {
    sequenceNumber: textOf(record?.['SequenceNumber']),
    shardId: textOf(record?.['ShardId']) ?? shardIdIn(textOf(record?.['ErrorMessage'])),
    errorCode: textOf(record?.['ErrorCode']),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The message of a throttled entry ends with the name of the shard. Nothing else of the message is kept. */
const shardIdIn = (message: string | undefined): string | undefined => /\bshardId-\d{12}\b/.exec(message ?? '')?.[0];

/**
 * The body is ASCII, because encoding UTF-8 takes several times longer: other characters of partition keys are escaped.
 * The text of the data is written once, from the event's text into the body.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_RequestSyntax
 */
export function putRecordsBody(streamArn: string, entries: readonly Entry[]): Buffer {
  const head = `{"StreamARN":${asciiJson(streamArn)},"Records":[`;
  const tails = entries.map(({ partitionKey, explicitHashKey }, index) => {
    const hashKey = explicitHashKey === undefined ? '' : `,"ExplicitHashKey":"${explicitHashKey}"`;
    return `","PartitionKey":${asciiJson(partitionKey)}${hashKey}}${index === entries.length - 1 ? '' : ','}`;
  });
  const entriesLength = entries.reduce(
    (sum, { dataBase64 }, index) => sum + DATA.length + dataBase64.length + (tails[index] as string).length,
    0,
  );
  const body = Buffer.allocUnsafe(head.length + entriesLength + END.length);
  let at = body.write(head, 'latin1');
  for (const [index, { dataBase64 }] of entries.entries()) {
    at += body.write(DATA, at, 'latin1');
    at += body.write(dataBase64, at, 'latin1');
    at += body.write(tails[index] as string, at, 'latin1');
  }
  body.write(END, at, 'latin1');
  return body;
}

const DATA = '{"Data":"';
const END = ']}';

const asciiJson = (text: string): string => (PLAIN.test(text) ? `"${text}"` : escaped(text));

/** ASCII without quotes, backslashes and control characters: the form of most keys. */
const PLAIN = /^[ !#-[\]-~]*$/;

const escaped = (text: string): string =>
  JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
