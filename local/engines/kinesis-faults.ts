// What can be done to a request for Kinesis on its way. Decisions and texts alone: the sockets are kinesis-proxy.ts's.

/**
 * `reset`: the connection is reset, nothing was forwarded. `throttled`, `failed`: answered so instead of forwarded.
 * `cut`: forwarded and stored, then the connection breaks in the middle of the answer. `delayed`: answered late.
 */
export const FAULTS = ['reset', 'throttled', 'failed', 'cut', 'delayed'] as const;
export type Fault = (typeof FAULTS)[number];

/** How likely each is, from 0 to 1; all but `withheld` exclude each other, so that they add up to 1 at most. */
export type FaultChances = Readonly<
  Partial<
    Record<
      | Fault
      /** Of each entry of a PutRecords: not forwarded, and refused in the answer. */
      | 'withheld',
      number
    >
  >
>;

/** 0 <= random() < 1 */
export type Random = () => number;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** @throws Error when a chance is none, or when they add up to more than 1 */
export function checkChances(chances: FaultChances): void {
  const wrong = Object.entries(chances).filter(([, chance]) => !(chance >= 0 && chance <= 1));
  if (wrong.length > 0) throw new Error(`a chance is a number from 0 to 1: ${wrong.join(' ')}`);
  const sum = FAULTS.reduce((total, fault) => total + (chances[fault] ?? 0), 0);
  if (sum > 1 + Number.EPSILON) throw new Error(`one request has one fault at most: the chances add up to ${sum}`);
}

export function drawFault(chances: FaultChances, random: Random): Fault | undefined {
  let die = random();
  for (const fault of FAULTS) {
    die -= chances[fault] ?? 0;
    if (die < 0) return fault;
  }
  return undefined;
}

/** As Kinesis words an error: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
export function refusal(status: number, code: string): Answer {
  return {
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-errortype': code },
    body: Buffer.from(JSON.stringify({ __type: code, message: `${code}, by the proxy in front of Kinesis` })),
  };
}

/** A PutRecords of which some entries are kept back. */
export interface PartialRequest {
  /** What is left to forward; undefined: nothing. */
  readonly body: Buffer | undefined;
  /** For each entry of the whole request, why it was kept back; undefined: it was not. */
  readonly errorCodes: readonly (string | undefined)[];
}

export function withholdEntries(body: Buffer, chance: number, random: Random): PartialRequest {
  const request: { readonly Records: readonly unknown[] } = JSON.parse(body.toString());
  const errorCodes = request.Records.map(() => {
    if (random() >= chance) return undefined;
    return ENTRY_ERROR_CODES[Math.floor(random() * ENTRY_ERROR_CODES.length)];
  });
  const Records = request.Records.filter((_, index) => errorCodes[index] === undefined);
  return { body: Records.length === 0 ? undefined : Buffer.from(JSON.stringify({ ...request, Records })), errorCodes };
}

/**
 * The answer to the whole request: what was said of the forwarded entries, each at its place.
 * @param forwarded undefined when nothing was; one that is no success is the answer
 */
export function mergeAnswer(errorCodes: PartialRequest['errorCodes'], forwarded: Answer | undefined): Answer {
  if (forwarded !== undefined && forwarded.status !== 200) return forwarded;
  const answered: PutRecordsAnswer =
    forwarded === undefined ? { FailedRecordCount: 0, Records: [] } : JSON.parse(forwarded.body.toString());
  const left = answered.Records.values();
  const Records = errorCodes.map((code) =>
    code === undefined ? left.next().value : { ErrorCode: code, ErrorMessage: 'kept back by the proxy' },
  );
  const withheldCount = errorCodes.filter((code) => code !== undefined).length;
  const body = { ...answered, FailedRecordCount: answered.FailedRecordCount + withheldCount, Records };
  return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: Buffer.from(JSON.stringify(body)) };
}

interface PutRecordsAnswer {
  readonly FailedRecordCount: number;
  readonly Records: readonly unknown[];
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** What Kinesis says of an entry: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsResultEntry.html */
const ENTRY_ERROR_CODES = ['ProvisionedThroughputExceededException', 'InternalFailure'];
