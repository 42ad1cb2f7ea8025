import { PatternError } from './pattern-error.ts';

/** Reads a pattern from the beginning to the end. */
export class PatternScanner {
  protected readonly text: string;
  protected at = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected skipComments(): void {
    this.match(/(?:\s+|#[^\n]*)+/y);
  }

  protected peek(): string {
    return this.text[this.at] ?? '';
  }

  protected skip<T>(value: T): T {
    this.at += 1;
    return value;
  }

  protected take(text: string): boolean {
    const isNext = this.text.startsWith(text, this.at);
    if (isNext) this.at += text.length;
    return isNext;
  }

  protected next(): string {
    const point = this.text.codePointAt(this.at);
    if (point === undefined) throw new PatternError('it ends in the middle');
    const char = String.fromCodePoint(point);
    this.at += char.length;
    return char;
  }

  protected match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
