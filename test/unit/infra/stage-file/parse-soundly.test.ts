import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseSoundly } from '../../../../infra/stage-file/parse-soundly.ts';
import { settings } from '../../../../shared/settings/parse-settings.ts';

const schema = v.object({
  name: v.string(),
  inner: v.optional(v.object({ count: v.number(), text: v.optional(v.string()) })),
  list: v.optional(v.array(v.string())),
});

describe('the sound settings of a file', () => {
  it.each([
    ['all of them', { name: 'a', list: ['b'] }, { name: 'a', list: ['b'] }],
    ['without one that is wrong', { name: 1, list: ['b'] }, { list: ['b'] }],
    ['without an inner one', { name: 'a', inner: { count: '1', text: 'b' } }, { name: 'a', inner: { text: 'b' } }],
    ['without an object that is none', { name: 'a', inner: 'x' }, { name: 'a' }],
    ['without a list that has a wrong item', { name: 'a', list: ['b', 1] }, { name: 'a' }],
    ['none of a file that is no object', 'text', {}],
    ['none of a list', [], {}],
    ['none of nothing', null, {}],
  ])('are %s', (_, input, sound) => {
    const before = JSON.stringify(input);
    expect(parseSoundly(schema, input).sound).toEqual(sound);
    expect(JSON.stringify(input)).toBe(before);
  });

  it('stand beside one problem for each of the others', () => {
    expect(parseSoundly(schema, { name: 1, inner: { count: '1' } }).problems).toHaveLength(2);
    expect(parseSoundly(schema, { name: 'a' }).problems).toEqual([]);
  });

  it.each(['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty'])(
    'stand beside a problem for %s, at the top and in a section',
    (name) => {
      const strict = settings({ name: v.string(), inner: settings({ count: v.number() }) });
      const input = JSON.parse(`{"name": "a", "${name}": 5, "inner": {"count": 1, "${name}": {}}}`);
      expect(parseSoundly(strict, input)).toEqual({
        sound: { name: 'a', inner: { count: 1 } },
        problems: expect.arrayContaining([`inner.${name} is not a setting`, `${name} is not a setting`]),
      });
    },
  );
});
