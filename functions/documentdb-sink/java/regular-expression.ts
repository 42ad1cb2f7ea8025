import { LINE_BREAK, LINE_ENDS, propertyClass, SHORTHANDS } from './character-classes.ts';
import { PatternError } from './pattern-error.ts';

export interface Translation {
  /** For the `v` flag. Java's capturing group n is the group named `g<n>`. */
  readonly source: string;
  readonly groupCount: number;
  /** Java's named groups by their numbers. */
  readonly names: ReadonlyMap<string, number>;
}

/**
 * A regular expression of java.util.regex as one of JavaScript. What differs is translated: `\s`, `\h`, `.`, `$`, inline
 * flags, possessive quantifiers, nested and intersected classes, quoting, POSIX classes.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
 * @throws PatternError when it is wrong or has no equivalent; the message names the construct
 */
export function translateRegExp(pattern: string): Translation {
  const translator = new Translator(pattern);
  const translation = translator.translate();
  try {
    new RegExp(translation.source, 'v');
  } catch {
    throw new PatternError('it is no valid regular expression of Java');
  }
  return translation;
}

interface Atom {
  readonly text: string;
  /** Matches a place, not characters: JavaScript lets no quantifier follow. */
  readonly isAssertion?: boolean;
}

const END = '(?![^])';
const BEFORE_LAST_LINE_END = `(?=(?:\\r\\n|[${LINE_ENDS}])?${END})`;
const LINE_START = `(?:(?<![^])|(?<=[\\n\\u0085\\u2028\\u2029]|\\r(?!\\n))(?=[^]))`;
const LINE_END = `(?=[${LINE_ENDS}]|${END})`;

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['a', '\u0007'],
  ['e', '\u001b'],
]);

const ASSERTIONS: ReadonlyMap<string, string> = new Map([
  ['b', '\\b'],
  ['B', '\\B'],
  ['A', '(?<![^])'],
  ['z', END],
  ['Z', BEFORE_LAST_LINE_END],
]);

class Translator {
  private readonly text: string;
  private at = 0;
  private flags = new Set<string>();
  private groups = 0;
  private helpers = 0;
  private readonly closed = new Set<number>();
  /** Groups that may be unset: of an alternative, or repeated zero times. */
  private readonly unsure = new Set<number>();
  private readonly names = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  translate(): Translation {
    const source = this.alternatives();
    if (this.at < this.text.length) throw new PatternError('it has a ) without a (');
    return { source, groupCount: this.groups, names: this.names };
  }

  private alternatives(): string {
    const outer = new Set(this.flags);
    const groupsBefore = this.groups;
    const branches = [this.sequence()];
    while (this.take('|')) branches.push(this.sequence());
    if (branches.length > 1) this.markUnsure(groupsBefore);
    this.flags = outer;
    return branches.join('|');
  }

  private markUnsure(groupsBefore: number): void {
    for (let number = groupsBefore + 1; number <= this.groups; number += 1) this.unsure.add(number);
  }

  private sequence(): string {
    let text = '';
    for (;;) {
      if (this.flags.has('x')) this.skipComments();
      const next = this.text[this.at];
      if (next === undefined || next === '|' || next === ')') return text;
      text += this.quantified();
    }
  }

  private quantified(): string {
    const groupsBefore = this.groups;
    const { text, isAssertion } = this.atom();
    if (this.flags.has('x')) this.skipComments();
    const quantifier = this.match(/[*+?]|\{\d+(?:,\d*)?\}/y);
    if (quantifier === undefined) return text;
    if (/^(?:[*?]|\{0)/.test(quantifier)) this.markUnsure(groupsBefore);
    const repeated = `${isAssertion ? `(?:${text})` : text}${quantifier}`;
    if (this.take('+')) return this.atomic(repeated);
    return this.take('?') ? `${repeated}?` : repeated;
  }

  /** What has matched once is not tried otherwise: a lookahead is not entered again. */
  private atomic(text: string): string {
    this.helpers += 1;
    return `(?:(?=(?<a${this.helpers}>${text}))\\k<a${this.helpers}>)`;
  }

  private atom(): Atom {
    const char = this.next();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { text: this.characterClass() };
      case '.':
        return { text: this.flags.has('s') ? '[^]' : `[^${this.flags.has('d') ? '\\n' : LINE_ENDS}]` };
      case '^':
        return { text: this.flags.has('m') ? LINE_START : '(?<![^])', isAssertion: true };
      case '$':
        return { text: this.flags.has('m') ? LINE_END : BEFORE_LAST_LINE_END, isAssertion: true };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternError(`it has a ${char} with nothing to repeat`);
      default:
        return { text: this.literal(char) };
    }
  }

  private group(): Atom {
    if (!this.take('?')) return { text: this.capture() };
    for (const [prefix, isAssertion] of LOOKS) {
      if (this.take(prefix)) return { text: `(?${prefix}${this.inner()})`, isAssertion };
    }
    if (this.take('>')) return { text: this.atomic(this.inner()) };
    const name = this.match(/<[a-zA-Z][a-zA-Z0-9]*>/y);
    if (name !== undefined) return { text: this.capture(name.slice(1, -1)) };
    return this.flagGroup();
  }

  private capture(name?: string): string {
    this.groups += 1;
    const number = this.groups;
    if (name !== undefined) this.names.set(name, number);
    const text = `(?<g${number}>${this.inner()})`;
    this.closed.add(number);
    return text;
  }

  /** `(?i)` holds to the end of the group around it, `(?i:..)` within. */
  private flagGroup(): Atom {
    const [, on = '', off = ''] = /^([a-zA-Z]*)(?:-([a-zA-Z]*))?/.exec(this.text.slice(this.at)) ?? [];
    this.at += on.length + (this.text[this.at + on.length] === '-' ? off.length + 1 : 0);
    const outer = new Set(this.flags);
    for (const flag of on) this.flags.add(known(flag));
    for (const flag of off) this.flags.delete(known(flag));
    if (this.take(')')) return { text: '(?:)' };
    if (!this.take(':')) throw new PatternError('it has a group (?.. that Java does not know');
    const text = `(?:${this.inner()})`;
    this.flags = outer;
    return { text };
  }

  private inner(): string {
    const text = this.alternatives();
    if (!this.take(')')) throw new PatternError('it has a ( without a )');
    return text;
  }

  private escape(): Atom {
    const char = this.peek();
    const assertion = ASSERTIONS.get(char);
    if (assertion !== undefined) {
      this.at += 1;
      if (char === 'b' && this.peek() === '{') throw new PatternError('\\b{..} has no equivalent here');
      return { text: assertion, isAssertion: true };
    }
    if (char === 'R') return { text: this.skip(LINE_BREAK) };
    if (char === 'k') return { text: this.backReference(this.namedReference()) };
    if (/[1-9]/.test(char)) return { text: this.backReference(this.numberedReference()) };
    if (char === 'Q') return { text: this.quoted() };
    return { text: this.escapedClass() ?? this.literal(this.escapedCharacter()) };
  }

  private namedReference(): number {
    this.at += 1;
    const name = this.match(/<[a-zA-Z][a-zA-Z0-9]*>/y)?.slice(1, -1) ?? '';
    return this.names.get(name) ?? this.missing(`\\k<${name}>`);
  }

  /** As many digits as make a group there is. */
  private numberedReference(): number {
    let number = Number(this.next());
    while (/\d/.test(this.peek()) && number * 10 + Number(this.peek()) <= this.groups) {
      number = number * 10 + Number(this.next());
    }
    return number;
  }

  private backReference(number: number): string {
    if (this.flags.has('i')) throw new PatternError('a back reference under (?i) has no equivalent here');
    if (this.unsure.has(number)) {
      throw new PatternError(`\\${number} refers to a group that may be unset, where Java and JavaScript differ`);
    }
    return this.closed.has(number) ? `\\k<g${number}>` : this.missing(`\\${number}`);
  }

  private missing(reference: string): never {
    throw new PatternError(`${reference} refers to a group that is not there, or not complete`);
  }

  /** `\Q..\E` */
  private quoted(): string {
    this.at += 1;
    const end = this.text.indexOf('\\E', this.at);
    const content = this.text.slice(this.at, end === -1 ? undefined : end);
    this.at = end === -1 ? this.text.length : end + 2;
    return [...content].map((char) => this.literal(char)).join('');
  }

  /** `\d`, `\p{..}` and their like; undefined for a character. */
  private escapedClass(): string | undefined {
    const char = this.peek();
    const shorthand = SHORTHANDS.get(char);
    if (shorthand !== undefined) return this.skip(shorthand);
    if (char !== 'p' && char !== 'P') return undefined;
    this.at += 1;
    const name = this.match(/\{[^}]+\}/y)?.slice(1, -1) ?? this.next();
    return propertyClass(name, char === 'P');
  }

  private escapedCharacter(): string {
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

  /** After the opening bracket. */
  private characterClass(): string {
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

  private member(): string {
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

  /** A character, or a class in a class. */
  private memberCharacter(): string | Atom {
    const char = this.next();
    if (char !== '\\') return char;
    const text = this.escapedClass();
    return text === undefined ? this.escapedCharacter() : { text };
  }

  private literal(char: string): string {
    return this.flags.has('i') && /[a-zA-Z]/.test(char) ? `[${this.span(char, char)}]` : hex(char);
  }

  /** Members of a class from one character to another; `(?i)` is for ASCII alone in Java. */
  private span(first: string, last: string): string {
    const [from, to] = [code(first), code(last)];
    if (from > to) throw new PatternError('it has a range in a class that ends before it begins');
    const range = from === to ? hex(first) : `${hex(first)}-${hex(last)}`;
    return this.flags.has('i') ? range + otherCase(from, to, 'A', 32) + otherCase(from, to, 'a', -32) : range;
  }

  private skipComments(): void {
    this.match(/(?:\s+|#[^\n]*)+/y);
  }

  private peek(): string {
    return this.text[this.at] ?? '';
  }

  private skip<T>(value: T): T {
    this.at += 1;
    return value;
  }

  private take(text: string): boolean {
    const isNext = this.text.startsWith(text, this.at);
    if (isNext) this.at += text.length;
    return isNext;
  }

  private next(): string {
    const point = this.text.codePointAt(this.at);
    if (point === undefined) throw new PatternError('it ends in the middle');
    const char = String.fromCodePoint(point);
    this.at += char.length;
    return char;
  }

  private match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}

const LOOKS: readonly (readonly [string, boolean])[] = [
  [':', false],
  ['=', true],
  ['!', true],
  ['<=', true],
  ['<!', true],
];

function known(flag: string): string {
  if ('imsdx'.includes(flag)) return flag;
  throw new PatternError(`the inline flag (?${flag}) has no equivalent here`);
}

const code = (char: string): number => char.codePointAt(0) ?? 0;
const hex = (char: string): string => (/[a-zA-Z0-9]/.test(char) ? char : `\\u{${code(char).toString(16)}}`);

function character(point: number): string {
  if (point > 0x10ffff) throw new PatternError('it has a character beyond Unicode');
  return String.fromCodePoint(point);
}

/** What of a range lies in the 26 letters from `base`, in the other case. */
function otherCase(from: number, to: number, base: string, distance: number): string {
  const [low, high] = [Math.max(from, code(base)), Math.min(to, code(base) + 25)];
  return low > high ? '' : `${hex(String.fromCharCode(low + distance))}-${hex(String.fromCharCode(high + distance))}`;
}
