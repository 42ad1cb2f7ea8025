/** The end of the zone's text, and the zone's distance from UTC. */
export interface Offset {
  readonly end: number;
  readonly offsetMs: number;
}

/**
 * The zone names that Java knows in every language. Java has hundreds of further names, which are not supported here.
 */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['EST', -5],
  ['EDT', -4],
  ['CST', -6],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
]);

/** `Z` and `z`: `+0000`, `GMT`, `GMT+1:30` or a name. */
export function generalOffset(text: string, at: number): Offset | undefined {
  const sign = signAt(text, at);
  if (sign !== 0) return numericOffset(text, at + 1, { sign, count: 0, hasColon: false });
  const name = text.slice(at, at + 3).toUpperCase();
  if (name === 'GMT') {
    const gmtSign = signAt(text, at + 3);
    return gmtSign === 0
      ? { end: at + 3, offsetMs: 0 }
      : numericOffset(text, at + 4, { sign: gmtSign, count: 0, hasColon: true });
  }
  const hours = ZONES.get(name);
  return hours === undefined ? undefined : { end: at + 3, offsetMs: hours * 3_600_000 };
}

/** `X`: `Z` or an offset. `X` has hours, `XX` also minutes, `XXX` also a colon. */
export function isoOffset(text: string, at: number, count: number): Offset | undefined {
  if (text[at] === 'Z') return { end: at + 1, offsetMs: 0 };
  const sign = signAt(text, at);
  return sign === 0 ? undefined : numericOffset(text, at + 1, { sign, count, hasColon: count === 3 });
}

const signAt = (text: string, at: number): number => {
  if (text[at] === '+') return 1;
  return text[at] === '-' ? -1 : 0;
};

interface Form {
  readonly sign: number;
  /** How often `X` is repeated; 0 for another letter. */
  readonly count: number;
  readonly hasColon: boolean;
}

function numericOffset(text: string, at: number, { sign, count, hasColon }: Form): Offset | undefined {
  const hoursPattern = count > 0 || !hasColon ? /\d\d/y : /\d\d?/y;
  const hours = matchAt(hoursPattern, text, at);
  if (hours === undefined || Number(hours) > 23) return undefined;
  const hoursMs = Number(hours) * 3_600_000;
  const hoursEnd = at + hours.length;
  if (count === 1) return { end: hoursEnd, offsetMs: sign * hoursMs };
  const minutes = matchAt(hasColon ? /:\d\d/y : /\d\d/y, text, hoursEnd);
  const value = Number(minutes?.replace(':', ''));
  if (minutes === undefined || value > 59) return undefined;
  return { end: hoursEnd + minutes.length, offsetMs: sign * (hoursMs + value * 60_000) };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
