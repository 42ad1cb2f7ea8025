import { describe, expect, it } from 'vitest';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { upperCase } from '../../../../../../functions/documentdb-sink/connector/custom/upper-case.ts';
import { topicProperties } from '../../../../../support/sink-documents.ts';

describe('custom.UpperCase', () => {
  it('makes text upper-case, and leaves other values unchanged', () => {
    expect(upperCase('name', 'alice')).toBe('ALICE');
    expect(upperCase('age', 30)).toBe(30);
    expect(upperCase('none', null)).toBeNull();
  });

  it('is registered under its name', () => {
    expect(CUSTOM_STRATEGIES.fieldValueTransformers.get('custom.UpperCase')?.(topicProperties())).toBe(upperCase);
  });
});
