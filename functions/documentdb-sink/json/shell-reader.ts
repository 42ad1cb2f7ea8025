import { regularExpressionOf } from '../bson/regular-expression.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { NESTING_MAX } from '../limits.ts';
import { doubleOf } from './java-number.ts';
import { readCall } from './shell-calls.ts';
import { NOT_EXTENDED, readExtended } from './shell-extended.ts';
import { isSign, notJson, ShellScanner, type Token } from './shell-scanner.ts';

/**
 * Reads text like the Java driver's `BsonDocument.parse`: JSON, extended JSON, and the syntax of the mongo shell, which
 * permits names without quotes, single quotes, `ObjectId(..)` and similar calls, and missing or superfluous commas.
 * Text after the first value is ignored.
 * https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/json/JsonReader.java
 */
export class ShellReader {
  private readonly tokens: ShellScanner;

  /** @param at the position at which the value begins */
  constructor(text: string, at = 0) {
    this.tokens = new ShellScanner(text, at);
  }

  /** The position after the value that was read. */
  get end(): number {
    return this.tokens.place;
  }

  /**
   * Reads a document.
   * @throws UnconvertibleError if the text cannot be read; the message quotes nothing
   */
  readDocument(): Map<string, unknown> {
    if (!isSign(this.tokens.next(), '{')) return notJson();
    const value = this.object(1, false);
    return value instanceof Map ? value : notJson();
  }

  /** Reads an object within another value. @param depth the depth of the value */
  readInner(depth: number): unknown {
    return isSign(this.tokens.next(), '{') ? this.object(depth, true) : notJson();
  }

  private value(token: Token, depth: number): unknown {
    switch (token.kind) {
      case 'string':
        return token.text;
      case 'int32':
      case 'int64':
        return token.value;
      case 'double':
        return doubleOf(token.value);
      case 'regex':
        return regularExpressionOf(token.pattern, token.options);
      case 'word':
        return readCall(this.tokens, token.text);
      case 'sign':
        if (token.text === '{') return this.object(depth, true);
        return token.text === '[' ? this.array(depth) : notJson();
      case 'end':
        return notJson();
    }
  }

  /** Reads an object after its opening brace. @param isInner whether a comma may precede the first name */
  private object(depth: number, isInner: boolean): unknown {
    if (depth > NESTING_MAX) throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
    const value = readExtended(this.tokens, () => this.scope(depth + 1));
    if (value !== NOT_EXTENDED) return value;
    if (isInner) this.tokens.skip(',');
    return this.fields(depth);
  }

  /** Reads the scope of a `$code` object, which must be a document. */
  private scope(depth: number): Map<string, unknown> {
    if (!isSign(this.tokens.next(), '{')) return notJson();
    const scope = this.object(depth, false);
    return scope instanceof Map ? scope : notJson();
  }

  private fields(depth: number): Map<string, unknown> {
    const fields = new Map<string, unknown>();
    for (let name = this.tokens.next(); !isSign(name, '}'); name = this.tokens.next()) {
      if (name.kind !== 'string' && name.kind !== 'word') return notJson();
      if (name.text.includes('\0')) throw new UnconvertibleError('a field name holds a NUL character');
      if (!isSign(this.tokens.next(), ':')) return notJson();
      fields.set(name.text, this.value(this.tokens.next(), depth + 1));
      this.tokens.skip(',');
    }
    return fields;
  }

  private array(depth: number): unknown[] {
    if (depth > NESTING_MAX) throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
    const elements: unknown[] = [];
    this.tokens.skip(',');
    for (let token = this.tokens.next(); !isSign(token, ']'); token = this.tokens.next()) {
      elements.push(this.value(token, depth + 1));
      this.tokens.skip(',');
    }
    return elements;
  }
}
