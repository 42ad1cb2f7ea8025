/** Ends a case; its message is the reason. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
  readonly kind: 'failed' | 'refused';

  constructor(kind: 'failed' | 'refused', reason: string) {
    super(reason);
    this.kind = kind;
  }
}

/** @throws CaseError `what` names the thing compared: "the size of the aggregate" */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [ours, theirs] = [shown(actual), shown(expected)];
  if (ours !== theirs) throw new CaseError('failed', `${what} is ${shortened(ours)}, expected ${shortened(theirs)}`);
}

/** @throws CaseError with the place of the first difference and some bytes from there on */
export function expectSameBytes(what: string, actual: Buffer, expected: Buffer): void {
  if (actual.equals(expected)) return;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const excerpt = (bytes: Buffer) => bytes.subarray(at, at + EXCERPT_BYTES).toString('hex') || '(its end)';
  throw new CaseError(
    'failed',
    `${what} (${actual.length} of ${expected.length} bytes) differs from byte ${at} on: ` +
      `${excerpt(actual)}, expected ${excerpt(expected)}`,
  );
}

const EXCERPT_BYTES = 16;
const CHARACTERS_MAX = 120;

const shown = (value: unknown): string =>
  typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));

const shortened = (text: string): string =>
  text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}..` : text;
