import { MaxKey, MinKey } from 'mongodb';
import { NESTING_MAX } from '../limits.ts';
import { interpret, interpretAsJava } from './extended-json.ts';
import { numberOf } from './number.ts';
import { CALLS } from './shell-calls.ts';
import { isSign, notJson, ShellScanner, type Token } from './shell-scanner.ts';
import { UnconvertibleError } from './unconvertible-error.ts';

/** The shell's words that are values. */
const WORDS: ReadonlyMap<string, () => unknown> = new Map<string, () => unknown>([
  ['true', () => true],
  ['false', () => false],
  ['null', () => null],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['MinKey', () => new MinKey()],
  ['MaxKey', () => new MaxKey()],
]);

/**
 * Reads text as the Java driver's `BsonDocument.parse` does: JSON and extended JSON, and what the mongo shell writes
 * besides: names without quotes, single quotes, `ObjectId(..)` and its like, commas left out or left over. What follows
 * the first value is not looked at.
 * https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/json/JsonReader.java
 */
export class ShellReader {
  private readonly tokens: ShellScanner;

  constructor(text: string) {
    this.tokens = new ShellScanner(text);
  }

  /** @throws UnconvertibleError when the text cannot be read; its message quotes nothing. */
  read(): unknown {
    return this.value(this.tokens.next(), 1);
  }

  private value(token: Token, depth: number): unknown {
    if (depth > NESTING_MAX) throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
    switch (token.kind) {
      case 'text':
        return token.text;
      case 'number':
        return token.text === '-Infinity' ? Number.NEGATIVE_INFINITY : numberOf(token.text);
      case 'regex':
        return interpret(
          new Map([
            [
              '$regularExpression',
              new Map([
                ['pattern', token.pattern],
                ['options', token.options],
              ]),
            ],
          ]),
        );
      case 'word':
        return this.word(token.text);
      case 'sign':
        if (token.text === '{') return this.document(depth);
        return token.text === '[' ? this.array(depth) : notJson();
      case 'end':
        return notJson();
    }
  }

  private document(depth: number): unknown {
    const fields = new Map<string, unknown>();
    for (let name = this.tokens.next(); !isSign(name, '}'); name = this.tokens.next()) {
      if (name.kind !== 'text' && name.kind !== 'word') return notJson();
      if (name.text.includes('\0')) throw new UnconvertibleError('a field name holds a NUL character');
      this.expect(':');
      fields.set(name.text, this.value(this.tokens.next(), depth + 1));
      this.tokens.skip(',');
    }
    return interpretAsJava(fields);
  }

  private array(depth: number): unknown[] {
    const elements: unknown[] = [];
    for (let token = this.tokens.next(); !isSign(token, ']'); token = this.tokens.next()) {
      elements.push(this.value(token, depth + 1));
      this.tokens.skip(',');
    }
    return elements;
  }

  private word(word: string): unknown {
    const constant = WORDS.get(word);
    if (constant !== undefined) {
      const value = constant();
      if ((value instanceof MinKey || value instanceof MaxKey) && this.tokens.skip('(')) this.expect(')');
      return value;
    }
    const name = word === 'new' ? this.tokens.next() : { kind: 'word' as const, text: word };
    const call = name.kind === 'word' ? CALLS.get(name.text) : undefined;
    return call === undefined ? notJson() : call(this.parameters());
  }

  /** Of a call: between brackets, with commas. */
  private parameters(): readonly Token[] {
    this.expect('(');
    const parameters: Token[] = [];
    for (let token = this.tokens.next(); !isSign(token, ')'); token = this.tokens.next()) {
      if (token.kind === 'sign' || token.kind === 'end') return notJson();
      parameters.push(token);
      this.tokens.skip(',');
    }
    return parameters;
  }

  private expect(sign: string): void {
    if (!isSign(this.tokens.next(), sign)) notJson();
  }
}
