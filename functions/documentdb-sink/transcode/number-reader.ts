import { DOT, isDigit, LEFT, MINUS, PLUS, ZERO } from './json-bytes.ts';

/** A JavaScript number holds every whole number of so many digits, and every power of ten up to that one, exactly. */
const EXACT_DIGITS_MAX = 15;
const EXACT_POWERS = Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
/** The transcoder leaves a longer number to the JSON reader. */
const TOKEN_MAX = 400;
const NOT_WHOLE = /[.eE]/;

/** Reads one number after another: https://www.rfc-editor.org/rfc/rfc8259#section-6 */
export class NumberReader {
  /** Behind the last number. */
  end = 0;
  /** Whether the last number has neither a fraction nor an exponent. */
  isWhole = false;
  value = 0;
  #digits = 0;

  /** @returns false for what is no number, and for a whole number of more than 15 digits */
  read(text: Buffer, start: number): boolean {
    const first = text[start] === MINUS ? start + 1 : start;
    this.#digits = 0;
    const wholeEnd = this.#readDigits(text, first);
    const wholeCount = wholeEnd - first;
    if (wholeCount === 0 || (wholeCount > 1 && text[first] === ZERO)) return false;
    const fractionEnd = text[wholeEnd] === DOT ? this.#readDigits(text, wholeEnd + 1) : wholeEnd;
    this.end = exponentEnd(text, fractionEnd);
    if (fractionEnd === wholeEnd + 1 || this.end === LEFT) return false;
    const fractionCount = Math.max(0, fractionEnd - wholeEnd - 1);
    if (wholeCount + fractionCount > EXACT_DIGITS_MAX || this.end !== fractionEnd) return this.#readLong(text, start);
    this.isWhole = fractionEnd === wholeEnd;
    // A quotient of two exact numbers is rounded once, as the text itself would be.
    const value = this.#digits / (EXACT_POWERS[fractionCount] as number);
    this.value = first === start ? value : -value;
    return true;
  }

  /** Appends the digits from there on to `#digits`. @returns behind the last one */
  #readDigits(text: Buffer, start: number): number {
    let place = start;
    let digits = this.#digits;
    for (; isDigit(text[place]); place += 1) digits = digits * 10 + (text[place] as number) - ZERO;
    this.#digits = digits;
    return place;
  }

  /** A number with an exponent, or with more digits than are exact. */
  #readLong(text: Buffer, start: number): boolean {
    const token = text.toString('latin1', start, this.end);
    if (token.length > TOKEN_MAX || !NOT_WHOLE.test(token)) return false;
    this.isWhole = false;
    this.value = Number(token);
    return true;
  }
}

/** Behind the exponent, if there is one; `LEFT` for an exponent without digits. */
function exponentEnd(text: Buffer, at: number): number {
  if (text[at] !== 0x65 && text[at] !== 0x45) return at;
  const sign = text[at + 1];
  const first = sign === MINUS || sign === PLUS ? at + 2 : at + 1;
  let end = first;
  while (isDigit(text[end])) end += 1;
  return end === first ? LEFT : end;
}
