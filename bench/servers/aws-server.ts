// Acknowledges Kinesis, STS and Secrets Manager calls, at once or after a delay, and stores nothing. HTTPS takes HTTP/2 too.
// Environment: CERTIFICATE, KEY (files), DOCUMENTDB_PORT (for the secret). A message {delayMs} sets the delay of PutRecords.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

const { CERTIFICATE = '', KEY = '', DOCUMENTDB_PORT = '0' } = process.env;
let delayMs = 0;

const NEEDLE = Buffer.from('"PartitionKey"');
const FIRST_SEQUENCE_NUMBER = 10n ** 55n;
const bodies = new Map<number, string>();

/** Sequence numbers ascend within a request, as in Kinesis; all requests get the same ones. */
function putRecordsReply(request: Buffer): string {
  let count = 0;
  for (let at = request.indexOf(NEEDLE); at !== -1; at = request.indexOf(NEEDLE, at + NEEDLE.length)) count += 1;
  const known = bodies.get(count);
  if (known !== undefined) return known;
  const reply = JSON.stringify({
    FailedRecordCount: 0,
    Records: Array.from({ length: count }, (_, index) => ({
      SequenceNumber: String(FIRST_SEQUENCE_NUMBER + BigInt(index)),
      ShardId: 'shardId-000000000000',
    })),
  });
  bodies.set(count, reply);
  return reply;
}

const SUMMARY = JSON.stringify({
  StreamDescriptionSummary: {
    StreamName: 'orders',
    StreamStatus: 'ACTIVE',
    EncryptionType: 'NONE',
    RecordDistributionStrategy: 'USER_PARTITION_KEY',
    MaxRecordSizeInKiB: 1_024,
  },
});
const SECRET = JSON.stringify({
  SecretString: JSON.stringify({ host: '127.0.0.1', port: Number(DOCUMENTDB_PORT), username: 'u', password: 'p' }),
});
const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${'t'.repeat(600)}</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

function replyTo(target: string, body: Buffer): string {
  if (target.endsWith('.PutRecords')) return putRecordsReply(body);
  if (target.endsWith('.PutRecord'))
    return `{"SequenceNumber":"${FIRST_SEQUENCE_NUMBER}","ShardId":"shardId-000000000000"}`;
  if (target.endsWith('.DescribeStreamSummary')) return SUMMARY;
  if (target.endsWith('.GetSecretValue')) return SECRET;
  return ASSUMED;
}

function serve(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const reply = replyTo(target, Buffer.concat(chunks));
    const answer = () => {
      response.setHeader('content-type', target === '' ? 'text/xml' : 'application/x-amz-json-1.1');
      response.end(reply);
    };
    if (delayMs > 0 && target.includes('.PutRecord')) setTimeout(answer, delayMs);
    else answer();
  });
}

const tls = createSecureServer({ allowHTTP1: true, cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, serve);
const plain = createServer({ keepAliveTimeout: 60_000 }, serve);
process.on('message', (message: { readonly delayMs: number }) => {
  delayMs = message.delayMs;
});
process.on('disconnect', () => process.exit(0));
tls.listen(0, '127.0.0.1', () =>
  plain.listen(0, '127.0.0.1', () => {
    const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    process.send?.({ https: portOf(tls), http: portOf(plain) });
  }),
);
