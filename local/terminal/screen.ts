/** A block of text: rewritten in place on a terminal, appended every few seconds elsewhere. */
export interface Screen {
  /** Prints a permanent line above the block. */
  line(text: string): void;
  show(block: string): void;
}

/** The part of `process.stdout` that the screen uses. */
export interface Output {
  write(text: string): unknown;
  /** Set for a terminal, `columns` too. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const PLAIN_INTERVAL_MS = 5_000;
const UP_AND_CLEAR = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A\u001b[J`);

export function createScreen(output: Output): Screen {
  let blockLines: readonly string[] = [];
  let plainShownAtMs = 0;
  const toBlock = () => UP_AND_CLEAR(blockLines.length);
  return {
    line(text) {
      output.write(`${toBlock()}${[text, ...blockLines].join('\n')}\n`);
    },
    show(block) {
      if (output.isTTY) {
        const above = toBlock();
        // A wrapped line would count as two lines. Some terminals report zero columns.
        blockLines = block.split('\n').map((line) => line.slice(0, output.columns || undefined));
        output.write(`${above}${blockLines.join('\n')}\n`);
        return;
      }
      if (Date.now() - plainShownAtMs < PLAIN_INTERVAL_MS) return;
      plainShownAtMs = Date.now();
      output.write(`${block}\n\n`);
    },
  };
}
