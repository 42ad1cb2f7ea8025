import { describe, expect, it } from 'vitest';
import { shownValue } from '../../../../shared/settings/shown-value.ts';

describe('an error text', () => {
  it('quotes the first 80 characters of a value', () => {
    expect(shownValue('a'.repeat(100))).toBe(`, got "${'a'.repeat(80)}"`);
    expect(shownValue(0.5)).toBe(', got 0.5');
  });

  it.each(['mongodb://host/', 'app:secret@host', `${'a'.repeat(100)}@`])(
    'does not quote %j, which may hold a password',
    (value) => {
      expect(shownValue(value)).toBe('');
    },
  );
});
