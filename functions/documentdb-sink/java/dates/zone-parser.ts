import { FAILED, type Parse, setField, type Zone } from '../text/parsed.ts';
import { isZone } from './zones.ts';

/** Styles of an offset. In `HHmm` the minutes are optional, in `HH:MM:ss` the seconds. */
const STYLES = {
  '+HHmm': /^([+-])(\d\d)(?:(\d\d))?/,
  '+HHMM': /^([+-])(\d\d)(\d\d)/,
  '+HH:MM': /^([+-])(\d\d):(\d\d)/,
  '+HHMMss': /^([+-])(\d\d)(\d\d)(?:(\d\d))?/,
  '+HH:MM:ss': /^([+-])(\d\d):(\d\d)(?::(\d\d))?/,
} as const;

export type OffsetStyle = keyof typeof STYLES;

/** `X`, `x`, `Z`: an offset; `zero` is the text for the offset zero. */
export const offsetParser =
  (style: OffsetStyle, zero: string): Parse =>
  (text, at, parsed) => {
    const offset = offsetAt(text, at, style, zero);
    return offset === undefined ? FAILED : setField(parsed, 'offsetSeconds', offset.seconds, offset.end);
  };

interface Offset {
  readonly seconds: number;
  readonly end: number;
}

const SIXTY_MAX = 59;

function offsetAt(text: string, at: number, style: OffsetStyle, zero: string): Offset | undefined {
  if (text.startsWith(zero, at)) return { seconds: 0, end: at + zero.length };
  const found = STYLES[style].exec(text.slice(at));
  const [hours = 0, minutes = 0, seconds = 0] = (found?.slice(2) ?? []).map((part) => Number(part ?? 0));
  if (found === null || Math.max(hours, minutes, seconds) > SIXTY_MAX) return undefined;
  const magnitude = hours * 3600 + minutes * 60 + seconds;
  return { seconds: found[1] === '-' ? -magnitude : magnitude, end: at + found[0].length };
}

/** `O`, `ZZZZ`: `GMT+8`, or `GMT+08:00` in full. */
export const localizedOffsetParser =
  (full: boolean): Parse =>
  (text, at, parsed) => {
    const form = full ? /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/ : /^GMT(?:([+-])(\d{1,2})(?::(\d\d)(?::(\d\d))?)?)?/;
    const found = form.exec(text.slice(at));
    if (found === null) return FAILED;
    const [hours = 0, minutes = 0, seconds = 0] = found.slice(2).map((part) => Number(part ?? 0));
    const magnitude = hours * 3600 + minutes * 60 + seconds;
    return setField(parsed, 'offsetSeconds', found[1] === '-' ? -magnitude : magnitude, at + found[0].length);
  };

/** `VV`: the name of a zone, or an offset. If a pattern has two zones, the later one applies. */
export const zoneParser: Parse = (text, at, parsed) => {
  const found = zoneAt(text, at);
  if (found === undefined) return FAILED;
  parsed.zone = found.zone;
  return found.end;
};

interface FoundZone {
  readonly zone: Zone;
  readonly end: number;
}

const OFFSET_MAX_SECONDS = 18 * 3600;

function zoneAt(text: string, at: number): FoundZone | undefined {
  if (/[+-]/.test(text[at] ?? '')) {
    const offset = offsetAt(text, at, '+HH:MM:ss', 'Z');
    const isValid = offset !== undefined && Math.abs(offset.seconds) <= OFFSET_MAX_SECONDS;
    return isValid ? { zone: offset.seconds, end: offset.end } : undefined;
  }
  const prefix = /^(?:UTC|UT|GMT)/.exec(text.slice(at))?.[0];
  if (prefix !== undefined) return prefixedOffset(text, at + prefix.length);
  const name = zoneNameAt(text, at);
  if (name !== undefined) return { zone: name, end: at + name.length };
  return text[at] === 'Z' ? { zone: 0, end: at + 1 } : undefined;
}

/** `UTC+01:00`. If no valid offset follows, only the prefix is read. */
function prefixedOffset(text: string, at: number): FoundZone | undefined {
  const offset = /[+-]/.test(text[at] ?? '') ? offsetAt(text, at, '+HH:MM:ss', 'Z') : undefined;
  if (offset === undefined) return { zone: 0, end: at };
  return Math.abs(offset.seconds) <= OFFSET_MAX_SECONDS ? { zone: offset.seconds, end: offset.end } : undefined;
}

/** The longest zone name at this position. */
function zoneNameAt(text: string, at: number): string | undefined {
  const longest = /^[A-Za-z][A-Za-z0-9~/._+-]{0,63}/.exec(text.slice(at, at + 64))?.[0] ?? '';
  for (let length = longest.length; length > 1; length -= 1) {
    const name = longest.slice(0, length);
    if (isZone(name)) return name;
  }
  return undefined;
}
