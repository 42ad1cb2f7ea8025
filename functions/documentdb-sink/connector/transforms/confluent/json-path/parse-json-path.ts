import { PatternError } from '../../../../java/regex/pattern-error.ts';
import { matcher } from '../../../../java/regex/replacement.ts';
import { PropertyError } from '../../../property-error.ts';
import { bigDecimalOf } from '../../data/big-decimal.ts';
import {
  type Comparison,
  type Condition,
  compares,
  exists,
  isAmong,
  type Literal,
  matches,
  type ValuePath,
} from './condition.ts';

/** The name of a field, or a condition on the elements of an array or on an object. */
export type Step = string | Condition;

/**
 * Parses the part of JsonPath that leads to fields by name, with conditions: `$.a['b'][?(@.c == 'd' && !@.e)]`.
 * https://github.com/json-path/JsonPath/tree/json-path-2.9.0
 * @throws PropertyError that names what is not understood
 */
export const parseJsonPath = (text: string, property: string): readonly Step[] => new Parser(text, property).path();

const NAME = /([\p{L}\p{N}_$-]+)/uy;
const NEXT_NAME = /\.([\p{L}\p{N}_$-]+)/uy;
const QUOTED_NAME = /\.?\[\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*\]/y;
const CONDITION_START = /\.?\[\s*\?\s*\(/y;
const CONDITION_END = /\s*\)\s*\]/y;
const ORIGIN = /\s*([@$])/y;
const NOT = /\s*!/y;
const OPEN = /\s*\(/y;
const CLOSE = /\s*\)/y;
const OR = /\s*\|\|/y;
const AND = /\s*&&/y;
const COMPARISON = /\s*(==|!=|<=|>=|<|>)(?![=~])/y;
const MEMBERSHIP = /\s+(n?in)\s*\[/iy;
const MATCH = /\s*=~\s*\/((?:[^/\\]|\\.)+)\/([imsx]*)/y;
const COMMA = /\s*,/y;
const LIST_END = /\s*\]/y;
const TEXT = /\s*(?:"((?:[^"\\]|\\["'\\/])*)"|'((?:[^'\\]|\\["'\\/])*)')/y;
const WORD = /\s*(true|false|null)\b/y;
const NUMBER = /\s*(-?\d[\d.eE-]*)/y;

const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Of parentheses: each level takes stack. */
const DEPTH_MAX = 100;

class Parser {
  readonly #text: string;
  readonly #property: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, property: string) {
    this.#text = text;
    this.#property = property;
  }

  path(): readonly Step[] {
    const steps: Step[] = [];
    if (this.#take(/\$/y) === undefined) steps.push(...this.#optional(NAME));
    while (this.#at < this.#text.length) {
      if (this.#take(CONDITION_START) === undefined) steps.push(this.#name());
      else {
        steps.push(this.#either());
        this.#require(CONDITION_END, ')]');
      }
    }
    return steps;
  }

  #either(): Condition {
    const conditions = [this.#both()];
    while (this.#take(OR) !== undefined) conditions.push(this.#both());
    return (item, root) => conditions.some((each) => each(item, root));
  }

  #both(): Condition {
    const conditions = [this.#single()];
    while (this.#take(AND) !== undefined) conditions.push(this.#single());
    return (item, root) => conditions.every((each) => each(item, root));
  }

  #single(): Condition {
    if (this.#take(NOT) !== undefined) {
      const condition = this.#take(OPEN) === undefined ? exists(this.#valuePath()) : this.#inParentheses();
      return (item, root) => !condition(item, root);
    }
    return this.#take(OPEN) === undefined ? this.#test(this.#valuePath()) : this.#inParentheses();
  }

  #inParentheses(): Condition {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#refuse('fewer parentheses');
    const condition = this.#either();
    this.#require(CLOSE, ')');
    this.#depth -= 1;
    return condition;
  }

  #test(path: ValuePath): Condition {
    const [, comparison] = this.#take(COMPARISON) ?? [];
    if (comparison !== undefined) return compares(path, comparison as Comparison, this.#literal());
    const [, membership] = this.#take(MEMBERSHIP) ?? [];
    if (membership !== undefined) {
      const isMember = isAmong(path, this.#literals());
      return membership.toLowerCase() === 'in' ? isMember : (item, root) => !isMember(item, root);
    }
    const [, pattern, flags] = this.#take(MATCH) ?? [];
    return pattern === undefined ? exists(path) : matches(path, this.#matcher(pattern, flags ?? ''));
  }

  #matcher(pattern: string, flags: string): (text: string) => boolean {
    try {
      return matcher(flags === '' ? pattern : `(?${flags})${pattern}`);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new PropertyError(this.#property, this.#text, error.message);
    }
  }

  #literals(): readonly Literal[] {
    const literals = [this.#literal()];
    while (this.#take(COMMA) !== undefined) literals.push(this.#literal());
    this.#require(LIST_END, ']');
    return literals;
  }

  #literal(): Literal {
    const [quoted, double, single] = this.#take(TEXT) ?? [];
    if (quoted !== undefined) return (double ?? single ?? '').replaceAll(/\\(.)/g, '$1');
    const [, word = ''] = this.#take(WORD) ?? [];
    const constant = WORDS.get(word);
    if (constant !== undefined) return constant;
    const [, digits = ''] = this.#take(NUMBER) ?? [];
    return bigDecimalOf(digits) ?? this.#refuse('a text in quotes, a number, true, false or null');
  }

  #valuePath(): ValuePath {
    const [, origin] = this.#take(ORIGIN) ?? this.#refuse('a path from @ or $');
    const names: string[] = [];
    for (;;) {
      const found = this.#optional(NEXT_NAME, QUOTED_NAME);
      if (found.length === 0) return { isFromRoot: origin === '$', names };
      names.push(...found);
    }
  }

  #name(): string {
    const [name] = this.#optional(NEXT_NAME, QUOTED_NAME);
    return name ?? this.#refuse(`the name of a field or a condition [?( )]`);
  }

  /** The name that stands here, if any. */
  #optional(...patterns: readonly RegExp[]): readonly string[] {
    for (const pattern of patterns) {
      const name = this.#take(pattern)
        ?.slice(1)
        .find((group) => group !== undefined);
      if (name !== undefined) return [name];
    }
    return [];
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #require(pattern: RegExp, what: string): void {
    if (this.#take(pattern) === undefined) this.#refuse(what);
  }

  #refuse(expected: string): never {
    const rest = JSON.stringify(this.#text.slice(this.#at));
    throw new PropertyError(
      this.#property,
      this.#text,
      `this function expects ${expected} at ${rest}. Of JSON paths it reads names and conditions: $.a["b"][?(@.c == "d" && @.e)]`,
    );
  }
}
