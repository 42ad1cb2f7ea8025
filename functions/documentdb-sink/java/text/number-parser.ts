import { FAILED, type Field, type Parse, setField } from './parsed.ts';

/**
 * The form of a number in java.time's formatter: `NumberPrinterParser` in java.time.format.DateTimeFormatterBuilder.
 */
export interface NumberForm {
  readonly field: Field;
  readonly digitsMin: number;
  readonly digitsMax: number;
  readonly sign: 'normal' | 'notNegative' | 'exceedsPad';
  /** The digits that directly following fields need, as in `yyyyMMdd`. */
  digitsAfter: number;
  /** Converts the digits to the value of the field. */
  readonly meaning?: (value: number) => number;
}

export const numberParser =
  (form: NumberForm): Parse =>
  (text, at, parsed) => {
    const [sign = ''] = /^[+-]?/.exec(text.slice(at, at + 1)) ?? [];
    const start = at + sign.length;
    const digitCount = digitsAt(text, start, form);
    const isTaken = takesSign(form, sign) && digitCount >= form.digitsMin && isPadded(form, sign, digitCount);
    const magnitude = Number(text.slice(start, start + digitCount));
    if (!isTaken || (sign === '-' && magnitude === 0)) return FAILED;
    const value = sign === '-' ? -magnitude : magnitude;
    return setField(parsed, form.field, form.meaning?.(value) ?? value, start + digitCount);
  };

const takesSign = ({ sign }: NumberForm, char: string): boolean =>
  char === '' || sign === 'exceedsPad' || (sign === 'normal' && char === '-');

/** A `+` is required for more digits than the pattern has letters, and is forbidden otherwise. */
function isPadded({ sign, digitsMin }: NumberForm, char: string, digitCount: number): boolean {
  if (sign !== 'exceedsPad' || char === '-') return true;
  return char === '+' ? digitCount > digitsMin : digitCount <= digitsMin;
}

function digitsAt(text: string, start: number, { digitsMin, digitsMax, digitsAfter }: NumberForm): number {
  const all = /^\d*/.exec(text.slice(start, start + digitsMax + digitsAfter))?.[0].length ?? 0;
  return digitsAfter > 0 ? Math.max(Math.min(all, digitsMin), all - digitsAfter) : all;
}

/** `S`: the fraction of a second. */
export const fractionForm = (digits: number): NumberForm => ({
  field: 'nanoOfSecond',
  digitsMin: digits,
  digitsMax: digits,
  sign: 'notNegative',
  digitsAfter: 0,
  meaning: (value) => value * 10 ** (9 - digits),
});

const BASE_YEAR = 2000;

/** `yy`: a year from 2000 to 2099. */
export const reducedYearForm = (field: Field): NumberForm => ({
  field,
  digitsMin: 2,
  digitsMax: 2,
  sign: 'notNegative',
  digitsAfter: 0,
  meaning: (value) => BASE_YEAR + value,
});
