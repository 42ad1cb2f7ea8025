import { propertyClass, SHORTHANDS } from './character-classes.ts';
import { character, code, hex, otherCase } from './characters.ts';
import { PatternError } from './pattern-error.ts';
import { PatternScanner } from './pattern-scanner.ts';

interface NestedClass {
  readonly text: string;
}

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['a', '\u0007'],
  ['e', '\u001b'],
]);

/** Translates the parts of a pattern that match one character: literals, escapes and classes. */
export class CharacterTranslator extends PatternScanner {
  /** The inline flags that are in effect at this position. */
  protected flags = new Set<string>();

  /** Reads `\Q..\E`. */
  protected quoted(): string {
    this.at += 1;
    const end = this.text.indexOf('\\E', this.at);
    const content = this.text.slice(this.at, end === -1 ? undefined : end);
    this.at = end === -1 ? this.text.length : end + 2;
    return [...content].map((char) => this.literal(char)).join('');
  }

  /** Reads `\d`, `\p{..}` and similar escapes; undefined for an escaped character. */
  protected escapedClass(): string | undefined {
    const char = this.peek();
    const shorthand = SHORTHANDS.get(char);
    if (shorthand !== undefined) return this.skip(shorthand);
    if (char !== 'p' && char !== 'P') return undefined;
    this.at += 1;
    const name = this.match(/\{[^}]+\}/y)?.slice(1, -1) ?? this.next();
    return propertyClass(name, char === 'P');
  }

  protected escapedCharacter(): string {
    const hex = this.match(/x\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}/y);
    if (hex !== undefined) return character(Number.parseInt(hex.replace(/[^0-9a-fA-F]/g, ''), 16));
    const octal = this.match(/0(?:[0-3][0-7]{2}|[0-7]{1,2})/y);
    if (octal !== undefined) return character(Number.parseInt(octal, 8));
    const control = this.match(/c[\0-\uffff]/y);
    if (control !== undefined) return character(control.charCodeAt(1) ^ 0x40);
    const char = this.next();
    const known = CONTROLS.get(char);
    if (known === undefined && /[a-zA-Z0-9]/.test(char)) throw new PatternError(`\\${char} has no equivalent here`);
    return known ?? char;
  }

  /** Reads a class after its opening bracket. */
  protected characterClass(): string {
    const negation = this.take('^') ? '^' : '';
    const operands: string[] = [];
    let members = '';
    for (let first = true; first || !this.take(']'); first = false) {
      if (this.at >= this.text.length) throw new PatternError('it has a [ without a ]');
      if (this.take('&&')) {
        operands.push(members);
        members = '';
      } else members += this.member();
    }
    operands.push(members);
    const present = operands.filter((operand) => operand !== '');
    const text = present.length > 1 ? present.map((operand) => `[${operand}]`).join('&&') : present.join('');
    return `[${negation}${text}]`;
  }

  protected member(): string {
    if (this.flags.has('x') && this.match(/\s+/y) !== undefined) return '';
    if (this.take('[')) return this.characterClass();
    if (this.text.startsWith('\\Q', this.at)) {
      this.at += 1;
      return this.quoted();
    }
    const first = this.memberCharacter();
    if (typeof first !== 'string') return first.text;
    const isRange = this.peek() === '-' && !/[\][]/.test(this.text[this.at + 1] ?? ']');
    if (!isRange) return this.span(first, first);
    this.at += 1;
    const last = this.memberCharacter();
    return typeof last === 'string' ? this.span(first, last) : `${this.span(first, first)}${hex('-')}${last.text}`;
  }

  /** Reads a character, or a class inside of a class. */
  protected memberCharacter(): string | NestedClass {
    const char = this.next();
    if (char !== '\\') return char;
    const text = this.escapedClass();
    return text === undefined ? this.escapedCharacter() : { text };
  }

  protected literal(char: string): string {
    return this.flags.has('i') && /[a-zA-Z]/.test(char) ? `[${this.span(char, char)}]` : hex(char);
  }

  /** The members of a class from one character to another. In Java, `(?i)` affects only ASCII letters. */
  protected span(first: string, last: string): string {
    const [from, to] = [code(first), code(last)];
    if (from > to) throw new PatternError('it has a range in a class that ends before it begins');
    const range = from === to ? hex(first) : `${hex(first)}-${hex(last)}`;
    return this.flags.has('i') ? range + otherCase(from, to, 'A', 32) + otherCase(from, to, 'a', -32) : range;
  }
}
