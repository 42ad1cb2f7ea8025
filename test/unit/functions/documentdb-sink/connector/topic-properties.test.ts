import { describe, expect, it } from 'vitest';
import { TopicProperties } from '../../../../../functions/documentdb-sink/connector/topic-properties.ts';

const properties = new TopicProperties(
  new Map([
    ['a.b', 'x'],
    ['a.', 'y'],
    ['b.a.b', 'z'],
    ['flag', ' TRUE '],
    ['off', 'yes'],
    ['list', ' a ,, b,a '],
    ['count', '7'],
  ]),
);

describe('the properties of a topic', () => {
  it('are found under a prefix, without it', () => {
    expect(properties.under('a.')).toEqual(
      new Map([
        ['b', 'x'],
        ['', 'y'],
      ]),
    );
    expect(properties.under('none.')).toEqual(new Map());
  });

  it('are texts, flags, lists and numbers', () => {
    expect([properties.flag('flag'), properties.flag('off')]).toEqual([true, false]);
    expect(properties.list('list')).toEqual(['a', 'b', 'a']);
    expect([properties.text('off'), properties.integer('count')]).toEqual(['yes', 7]);
  });

  it('are declared, or somebody made a mistake', () => {
    expect(() => properties.text('missing')).toThrow('the property missing is declared');
  });
});
