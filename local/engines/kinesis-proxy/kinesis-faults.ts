// The faults that can be injected into requests to Kinesis. Pure decisions and answers: kinesis-proxy.ts has the sockets.

/**
 * `reset`: the connection is reset and the request is not forwarded. `throttled`, `failed`: that answer instead of forwarding.
 * `cut`: the request is forwarded and stored, then the connection breaks in the middle of the answer. `delayed`: a late answer.
 */
export const FAULTS = ['reset', 'throttled', 'failed', 'cut', 'delayed'] as const;
export type Fault = (typeof FAULTS)[number];

/** Probabilities from 0 to 1. All but `withheld` exclude each other, so their sum is at most 1. */
export type FaultChances = Readonly<
  Partial<
    Record<
      | Fault
      /** For each entry of a PutRecords: the entry is not forwarded, and the answer refuses it. */
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

/** @throws Error if a probability is out of range, or if their sum exceeds 1 */
export function checkChances(chances: FaultChances): void {
  const wrong = Object.entries(chances).filter(([, chance]) => !(chance >= 0 && chance <= 1));
  if (wrong.length > 0) throw new Error(`The probability of a fault must be a number from 0 to 1: ${wrong.join(' ')}`);
  const sum = FAULTS.reduce((total, fault) => total + (chances[fault] ?? 0), 0);
  if (sum > 1 + Number.EPSILON)
    throw new Error(`A request has at most one fault, but the probabilities add up to ${sum}`);
}

export function drawFault(chances: FaultChances, random: Random): Fault | undefined {
  let die = random();
  for (const fault of FAULTS) {
    die -= chances[fault] ?? 0;
    if (die < 0) return fault;
  }
  return undefined;
}

/** An error in Kinesis's format: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
export function refusal(status: number, code: string): Answer {
  return {
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-errortype': code },
    body: Buffer.from(JSON.stringify({ __type: code, message: `${code}, injected by the Kinesis proxy` })),
  };
}

/** A PutRecords without the withheld entries. */
export interface PartialRequest {
  /** The request to forward; undefined if every entry is withheld. */
  readonly body: Buffer | undefined;
  /** For each entry of the original request its error code; undefined if it is forwarded. */
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
 * The answer to the original request: the results of the forwarded entries, each at its place, and errors for the others.
 * @param forwarded the answer to the forwarded part; undefined if nothing was forwarded. An error becomes the answer.
 */
export function mergeAnswer(errorCodes: PartialRequest['errorCodes'], forwarded: Answer | undefined): Answer {
  if (forwarded !== undefined && forwarded.status !== 200) return forwarded;
  const answered: PutRecordsAnswer =
    forwarded === undefined ? { FailedRecordCount: 0, Records: [] } : JSON.parse(forwarded.body.toString());
  const left = answered.Records.values();
  const Records = errorCodes.map((code) =>
    code === undefined ? left.next().value : { ErrorCode: code, ErrorMessage: 'withheld by the Kinesis proxy' },
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

/** Error codes of an entry: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsResultEntry.html */
const ENTRY_ERROR_CODES = ['ProvisionedThroughputExceededException', 'InternalFailure'];
