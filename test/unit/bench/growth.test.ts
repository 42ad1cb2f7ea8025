import { describe, expect, test } from 'vitest';
import { extremesOf, invocationsOf } from '../../../bench/growth/curve.ts';
import { scaleOf, svgOf } from '../../../bench/growth/plot.ts';

const curve = (...costs: readonly number[]) => ({
  name: 'Kinesis & co',
  points: costs.map((usPerRecord, index) => ({ at: 10 ** index, usPerRecord })),
});

describe('a curve of growth', () => {
  test('names its worst and its best point', () => {
    expect(extremesOf(curve(20, 8, 12))).toEqual({
      worst: { at: 1, usPerRecord: 20 },
      best: { at: 10, usPerRecord: 8 },
    });
  });

  test('without a point has no extremes', () => {
    expect(() => extremesOf(curve())).toThrow('Kinesis & co has no point');
  });

  test.each([
    [1, 100],
    [1_000, 10],
    [10_000, 2],
  ])('with %d records an event takes %d invocations a measurement', (records, invocations) => {
    expect(invocationsOf({ records, partitions: 1, valueBytes: 250 })).toBe(invocations);
  });
});

describe('a plot of growth', () => {
  test('places powers of ten at equal distances, up to the next one', () => {
    const scale = scaleOf([1, 5, 900], 0, 300);
    expect(scale.ticks).toEqual([1, 10, 100, 1_000]);
    expect(scale.ticks.map(scale.placeOf)).toEqual([0, 100, 200, 300]);
  });

  test('has two ticks for a single number', () => {
    expect(scaleOf([10], 0, 100).ticks).toEqual([10, 100]);
  });

  test('draws a line for each curve, with its name and a mark for each point', () => {
    const svg = svgOf({ title: 'Cost', across: 'keys', curves: [curve(20, 8, 12), curve(9, 9)] });
    expect(svg.match(/<polyline /g)).toHaveLength(2);
    expect(svg.match(/<circle /g)).toHaveLength(5);
    expect(svg).toContain('>Kinesis &amp; co</text>');
    expect(svg).not.toContain('NaN');
  });

  test('draws a higher cost further up', () => {
    const svg = svgOf({ title: 'Cost', across: 'keys', curves: [curve(1, 100)] });
    const [first = 0, second = 0] = [...svg.matchAll(/cy="(\d+)"/g)].map(([, cy]) => Number(cy));
    expect(second).toBeLessThan(first);
  });
});
