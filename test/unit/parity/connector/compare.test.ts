import { BSON, BSONRegExp, Double, Int32, Long, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { documentDifferences } from '../../../parity/connector/compare.ts';

const NOTHING = { id: false, writeTimes: false };

const differences = (theirs: BSON.Document, ours: BSON.Document, generated = NOTHING) =>
  documentDifferences(
    new Map([['d.c', [Buffer.from(BSON.serialize(theirs))]]]),
    new Map([['d.c', [Buffer.from(BSON.serialize(ours))]]]),
    generated,
  );

describe('documentDifferences', () => {
  it('leaves out _k and the order of fields', () => {
    expect(
      differences({ _id: 1, a: 1, b: [{ x: 1, y: 2 }] }, { _id: 1, b: [{ y: 2, x: 1 }], a: 1, _k: { 't-0': 3 } }),
    ).toEqual([]);
  });

  it('counts BSON types, nulls, the order of lists and of fields within _id', () => {
    expect(differences({ _id: 1, a: new Int32(1) }, { _id: 1, a: new Long(1), _k: { 't-0': 3 } })).toEqual([
      'd.c {"$numberInt":"1"} (t-0@{"$numberInt":"3"}): a is {"$numberInt":"1"} of the connector, {"$numberLong":"1"} of ours',
    ]);
    expect(differences({ _id: 1, a: new Int32(1) }, { _id: 1, a: new Double(1) })).toHaveLength(1);
    expect(differences({ _id: 1, a: null }, { _id: 1 })).toHaveLength(1);
    expect(differences({ _id: 1, a: [1, 2] }, { _id: 1, a: [2, 1] })).toHaveLength(1);
    expect(differences({ _id: { a: 1, b: 2 } }, { _id: { b: 2, a: 1 } })).toHaveLength(2);
  });

  it('reads expressions that are none of JavaScript', () => {
    const [open, inline] = [new BSONRegExp('('), new BSONRegExp('(?i)a', 'x')];
    expect(differences({ _id: 1, a: open, b: inline }, { _id: 1, a: open, b: inline })).toEqual([]);
    expect(differences({ _id: 1, a: open }, { _id: 1, a: inline })).toHaveLength(1);
  });

  it('compares generated ids and times by their types', () => {
    const [theirs, ours] = [new ObjectId(), new ObjectId()];
    const [times, generated] = [{ _insertedTS: new Date(1) }, { id: true, writeTimes: true }];
    expect(differences({ _id: theirs, ...times }, { _id: ours, _insertedTS: new Date(2) }, generated)).toEqual([]);
    expect(differences({ _id: theirs, ...times }, { _id: ours, _insertedTS: 2 }, generated)).toHaveLength(2);
    expect(differences({ _id: theirs }, { _id: String(ours) }, generated)).toHaveLength(2);
    expect(differences({ _id: theirs }, { _id: ours })).toHaveLength(2);
  });
});
