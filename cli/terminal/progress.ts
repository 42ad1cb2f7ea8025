/** The part of `process.stdout` that a progress line needs. */
export interface Output {
  write(text: string): unknown;
  /** Set for a terminal, `columns` too. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Progress {
  show(text: string): void;
  /** Ends the line that is rewritten. */
  end(): void;
}

const PLAIN_INTERVAL_MS = 5_000;
/** https://en.wikipedia.org/wiki/ANSI_escape_code: erase to the end of the line. No colours are used, so NO_COLOR changes nothing. */
const REWRITE = '\r\u001b[K';

/** One line that is rewritten on a terminal; elsewhere, and where CI is set, a line every few seconds. */
export function createProgress(
  output: Output,
  nowMs: () => number,
  environment: Readonly<Record<string, string | undefined>>,
): Progress {
  const rewrites = output.isTTY === true && environment['CI'] === undefined && environment['TERM'] !== 'dumb';
  let isOpen = false;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      if (rewrites) {
        // A wrapped line cannot be rewritten. Some terminals report zero columns.
        output.write(`${REWRITE}${text.slice(0, output.columns ? output.columns - 1 : undefined)}`);
        isOpen = true;
      } else if (nowMs() - shownAtMs >= PLAIN_INTERVAL_MS) {
        shownAtMs = nowMs();
        output.write(`${text}\n`);
      }
    },
    end() {
      if (isOpen) output.write(REWRITE);
      isOpen = false;
    },
  };
}
