/** A block of text that is written over itself on a terminal, and appended now and then elsewhere. */
export interface Screen {
  /** Something to keep, above the block. */
  line(text: string): void;
  show(block: string): void;
}

const PLAIN_INTERVAL_MS = 5_000;
const UP_AND_CLEAR = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A\u001b[J`);

export function createScreen(output: NodeJS.WriteStream): Screen {
  let blockLines = 0;
  let plainShownAtMs = 0;
  return {
    line(text) {
      output.write(`${UP_AND_CLEAR(blockLines)}${text}\n`);
      blockLines = 0;
    },
    show(block) {
      if (output.isTTY) {
        output.write(`${UP_AND_CLEAR(blockLines)}${block}\n`);
        blockLines = block.split('\n').length;
        return;
      }
      if (Date.now() - plainShownAtMs < PLAIN_INTERVAL_MS) return;
      plainShownAtMs = Date.now();
      output.write(`${block}\n\n`);
    },
  };
}
