// The floor: base64 text passed through, body and signature made by hand, keep-alive HTTPS, four requests at once. It keeps no
// guarantee, and its credentials are fixed. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';

const url = new URL(process.env['AWS_ENDPOINT_URL'] ?? '');
const REQUESTS_IN_FLIGHT = 4;
const ENTRIES_MAX = 500;
const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_IN_FLIGHT });
const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const TOKEN = 't'.repeat(600);
const TARGET = 'Kinesis_20131202.PutRecords';
const TYPE = 'application/x-amz-json-1.1';
const SIGNED = 'content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const signingKeys = new Map<string, Buffer>();

function signingKeyOf(day: string): Buffer {
  const known = signingKeys.get(day);
  if (known !== undefined) return known;
  const key = hmac(hmac(hmac(hmac('AWS4secret', day), 'eu-west-1'), 'kinesis'), 'aws4_request');
  signingKeys.set(day, key);
  return key;
}

function signedHeaders(body: Buffer): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const hash = sha256(body);
  const canonical = `POST\n/\n\ncontent-type:${TYPE}\nhost:${url.host}\nx-amz-content-sha256:${hash}\nx-amz-date:${time}\nx-amz-security-token:${TOKEN}\nx-amz-target:${TARGET}\n\n${SIGNED}\n${hash}`;
  const scope = `${day}/eu-west-1/kinesis/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = createHmac('sha256', signingKeyOf(day)).update(text).digest('hex');
  return {
    'content-type': TYPE,
    'content-length': String(body.length),
    'x-amz-content-sha256': hash,
    'x-amz-date': time,
    'x-amz-security-token': TOKEN,
    'x-amz-target': TARGET,
    authorization: `AWS4-HMAC-SHA256 Credential=ASIAX/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`,
  };
}

const send = (body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = {
      agent,
      host: url.hostname,
      port: url.port,
      method: 'POST',
      path: '/',
      headers: signedHeaders(body),
    };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        JSON.parse(text).FailedRecordCount === 0 ? resolve() : reject(new Error(text.slice(0, 200))),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>;
}

function bodiesOf(event: KafkaEvent): readonly Buffer[] {
  const entries = Object.values(event.records)
    .flat()
    .map(({ key, value }) => {
      const partitionKey = JSON.stringify(Buffer.from(key, 'base64').toString());
      return `{"Data":"${value}","PartitionKey":${partitionKey}}`;
    });
  return Array.from({ length: Math.ceil(entries.length / ENTRIES_MAX) }, (_, index) => {
    const own = entries.slice(index * ENTRIES_MAX, (index + 1) * ENTRIES_MAX);
    return Buffer.from(`{"StreamARN":"${STREAM}","Records":[${own.join(',')}]}`, 'latin1');
  });
}

export async function handler(event: KafkaEvent) {
  const bodies = bodiesOf(event).values();
  const worker = async () => {
    for (const body of bodies) await send(body);
  };
  await Promise.all(Array.from({ length: REQUESTS_IN_FLIGHT }, worker));
  return { batchItemFailures: [] };
}
