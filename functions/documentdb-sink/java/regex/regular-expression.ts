import { LINE_BREAK, LINE_ENDS } from './character-classes.ts';
import { CharacterTranslator } from './character-translator.ts';
import { PatternError } from './pattern-error.ts';

export interface Translation {
  /** The source of a regular expression with the flag `v`. Java's capturing group n is named `g<n>`. */
  readonly source: string;
  readonly groupCount: number;
  /** The numbers of Java's named groups. */
  readonly names: ReadonlyMap<string, number>;
}

/**
 * Translates a regular expression of java.util.regex to JavaScript. Constructs that differ are translated: `\s`, `\h`,
 * `.`, `$`, inline flags, possessive quantifiers, nested and intersected classes, quoting, POSIX classes.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
 * @throws PatternError if the pattern is wrong or has no equivalent; the message names the construct
 */
export function translateRegExp(pattern: string): Translation {
  const translator = new Translator(pattern);
  const translation = translator.translate();
  try {
    new RegExp(translation.source, 'v');
  } catch {
    throw new PatternError('it is not a valid Java regular expression');
  }
  return translation;
}

interface Atom {
  readonly text: string;
  /** True for an assertion, which JavaScript permits no quantifier for. */
  readonly isAssertion?: boolean;
}

const END = '(?![^])';
const BEFORE_LAST_LINE_END = `(?=(?:\\r\\n|[${LINE_ENDS}])?${END})`;
const LINE_START = `(?:(?<![^])|(?<=[\\n\\u0085\\u2028\\u2029]|\\r(?!\\n))(?=[^]))`;
const LINE_END = `(?=[${LINE_ENDS}]|${END})`;

const ASSERTIONS: ReadonlyMap<string, string> = new Map([
  ['b', '\\b'],
  ['B', '\\B'],
  ['A', '(?<![^])'],
  ['z', END],
  ['Z', BEFORE_LAST_LINE_END],
]);

class Translator extends CharacterTranslator {
  private groups = 0;
  private helpers = 0;
  private readonly closed = new Set<number>();
  /** Groups that may not have matched: groups of an alternative, and groups that may repeat zero times. */
  private readonly unsure = new Set<number>();
  private readonly names = new Map<string, number>();

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

  /** An atomic group: once it has matched, no other match is tried, because a lookahead is not entered again. */
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

  /** `(?i)` applies until the end of the enclosing group, `(?i:..)` only inside. */
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

  /** Reads as many digits as give an existing group. */
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
