import { describe, expect, it } from 'vitest';
import {
  beforeWriting,
  classifyError,
  classifyWriteError,
  duplicateIndexOf,
} from '../../../../../functions/documentdb-sink/target/classify.ts';
import { FatalError } from '../../../../../functions/documentdb-sink/target/fatal-error.ts';
import { foreignError, LEAK } from '../../../../support/fake-documents.ts';

const inWords = (error: unknown) => {
  const failure = classifyError(error);
  const isTooSlow = failure.kind === 'retry' && failure.isTooSlow === true;
  const words = [`${failure.kind} ${failure.failure.code}`, ...(isTooSlow ? ['too slow'] : [])];
  return [...words, ...(failure.failure.mayBeWritten ? ['perhaps written'] : [])].join(', ');
};

describe('an error of a whole command', () => {
  it.each([
    ...[6, 7, 24, 64, 89, 91, 112, 134, 189, 251, 9001, 10058, 10107, 11600, 11602, 13435, 13436].map(
      (code) => ['MongoServerError', code, 'retry target_failed, perhaps written'] as const,
    ),
    ['MongoWriteConcernError', 64, 'retry target_failed, perhaps written'],
    ...[39, 50, 262].map(
      (code) => ['MongoServerError', code, 'retry target_failed, too slow, perhaps written'] as const,
    ),
    ['MongoServerError', 11000, 'retry target_failed, perhaps written'],
    ['MongoServerError', 4_711, 'refused rejected_by_target, perhaps written'],
    ['MongoServerError', 40, 'refused rejected_by_target'],
    ['MongoServerError', 18, 'credentials access_denied'],
    ['MongoServerError', 13, 'fatal access_denied'],
    ['MongoServerError', 301, 'fatal rejected_by_target'],
    ['MongoServerError', -301, 'fatal rejected_by_target'],
    ['MongoServerError', 303, 'fatal rejected_by_target'],
    ['MongoServerError', 304, 'fatal rejected_by_target'],
    ['MongoServerError', 2, 'refused rejected_by_target'],
    ['MongoServerError', 10334, 'refused payload_too_large'],
    ...['BSONError', 'BSONVersionError', 'BSONRuntimeError', 'RangeError'].map(
      (name) => [name, undefined, 'refused payload_invalid'] as const,
    ),
    ['MongoNetworkError', undefined, 'retry target_unreachable, perhaps written'],
    ['MongoNetworkTimeoutError', undefined, 'retry target_unreachable, too slow, perhaps written'],
    ...[
      'MongoNotConnectedError',
      'MongoPoolClearedError',
      'MongoPoolClosedError',
      'MongoServerClosedError',
      'MongoServerSelectionError',
      'MongoTopologyClosedError',
      'MongoWaitQueueTimeoutError',
    ].map((name) => [name, undefined, 'retry target_unreachable'] as const),
    // The driver gives these two to commands that are under way.
    ['PoolClearedOnNetworkError', undefined, 'retry target_unreachable, perhaps written'],
    ['MongoClientClosedError', undefined, 'retry target_unreachable, perhaps written'],
    ['AbortError', 20, 'retry deadline_exceeded, perhaps written'],
    ['SomethingNew', 18, 'retry target_unreachable, perhaps written'],
  ] as const)('%s with code %s is: %s', (name, code, expected) => {
    const error = foreignError(name, code);
    expect(inWords(error)).toBe(expected);
    expect(JSON.stringify(classifyError(error))).not.toContain(LEAK);
    expect(classifyError(error).failure.retryable).toBe(!expected.startsWith('refused'));
  });

  it.each([
    [18, 'correct the user and the password in the secret'],
    [13, "grant the function's user readWrite"],
    [303, 'use a newer version of DocumentDB'],
  ])('that only an operator ends names the remedy: code %i', (code, remedy) => {
    expect(classifyError(foreignError('MongoServerError', code)).failure.detail).toContain(remedy);
  });

  it.each([undefined, null, 'text', 5, {}, []])('never throws, whatever is thrown: %j', (thrown) => {
    expect(inWords(thrown)).toBe('retry target_unreachable, perhaps written');
  });

  it.each(['ECONNRESET', 'ENOTFOUND', 'EPIPE', 'NO_ERR_TLS_X', 'NO_ERR_SSL_X'])(
    'is an outage with the code %s, which is none of a server',
    (code) => {
      const cause = Object.assign(new Error(LEAK), { code });
      const errors = [foreignError('MongoNetworkError'), foreignError('MongoServerSelectionError')];
      const [network, selection] = errors.map((error) => Object.assign(error, { code, cause }));
      expect(inWords(network)).toBe('retry target_unreachable, perhaps written');
      expect(inWords(selection)).toBe('retry target_unreachable');
    },
  );

  it('says which evidence is needed against a write, and where a fatal answer applies', () => {
    const refusal = { isNamed: false, evidence: 'probe' };
    expect(classifyError(foreignError('BSONError'))).toMatchObject({ ...refusal, code: undefined });
    expect(classifyError(foreignError('MongoServerError', 9))).toMatchObject({ ...refusal, code: 9 });
    expect(classifyError(foreignError('MongoServerError', 40))).toMatchObject({ ...refusal, evidence: 'write' });
    expect(classifyError(foreignError('MongoServerError', 13))).toMatchObject({ scope: 'collection' });
    expect(classifyError(foreignError('MongoServerError', 301))).toMatchObject({ scope: 'target' });
  });

  it.each([
    [5, 'fatal target_unreachable'],
    [6, 'retry target_unreachable, perhaps written'],
  ])('of a certificate is found behind no more than five causes: %i', (depth, expected) => {
    let error: Error = Object.assign(new Error(LEAK), { code: 'CERT_HAS_EXPIRED' });
    for (let level = 0; level < depth; level += 1)
      error = Object.assign(foreignError('MongoNetworkError'), { cause: error });
    expect(inWords(error)).toBe(expected);
  });

  it.each([
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_TLS_INVALID_PROTOCOL_VERSION',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ])('is fatal with the code %s of TLS', (code) => {
    expect(inWords(Object.assign(new Error(LEAK), { code }))).toBe('fatal target_unreachable');
  });

  it('is fatal when a certificate is not trusted, wherever the driver hides that', () => {
    const cause = Object.assign(new Error(LEAK), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    const network = Object.assign(foreignError('MongoNetworkError'), { cause });
    const reason = {
      servers: new Map([
        ['unknown:27017', undefined],
        ['host:27017', { error: network }],
      ]),
    };
    for (const error of [network, Object.assign(foreignError('MongoServerSelectionError'), { reason })]) {
      expect(inWords(error)).toBe('fatal target_unreachable');
      expect(classifyError(error).failure.detail).toContain('SELF_SIGNED_CERT_IN_CHAIN');
    }
  });

  it('ends a circle of causes', () => {
    const error: Error & { cause?: unknown } = foreignError('MongoNetworkError');
    error.cause = error;
    expect(inWords(error)).toBe('retry target_unreachable, perhaps written');
  });

  it('of our own is fatal, on one collection or everywhere, in its own words', () => {
    for (const scope of ['target', 'collection'] as const) {
      const error = new FatalError('credentials_unavailable', 'the secret has no host', { scope });
      expect(classifyError(error)).toMatchObject({
        kind: 'fatal',
        scope,
        failure: { code: 'credentials_unavailable', detail: 'the secret has no host', retryable: true },
      });
    }
  });
});

describe('an error before any write', () => {
  it.each([
    ['MongoNetworkError', undefined, 'retry', 'target_unreachable'],
    ['MongoServerError', 9, 'retry', 'unclassified'],
    ['MongoServerError', 13, 'fatal', 'access_denied'],
    ['MongoServerError', 18, 'credentials', 'access_denied'],
  ])('%s with code %s blames no record: %s', (name, code, kind, failureCode) => {
    expect(beforeWriting(classifyError(foreignError(name, code)))).toMatchObject({
      kind,
      failure: { code: failureCode, retryable: true, mayBeWritten: false },
    });
  });
});

describe('an error of one write', () => {
  it('that is named was not stored, whatever its code', () => {
    for (const code of [4_711, 2, 40, 6, 50, 13]) {
      expect(classifyWriteError({ code, duplicateIndex: undefined })).toMatchObject({
        failure: { mayBeWritten: false },
      });
    }
  });

  const kindOf = (code: number, duplicateIndex?: string) => classifyWriteError({ code, duplicateIndex });

  it('11000 is a duplicate in the index that it names, if it names one', () => {
    expect(kindOf(11000, 'email_1')).toEqual({ kind: 'duplicate', index: 'email_1' });
    expect(kindOf(11000)).toEqual({ kind: 'duplicate', index: undefined });
  });

  it('is poison at once only with the codes of the table; others may be, or are tried again', () => {
    const poisonous = Array.from({ length: 20_000 }, (_, code) => code).filter(
      (code) => kindOf(code).kind === 'poison',
    );
    expect(poisonous).toEqual([14, 15, 22, 28, 52, 53, 56, 66, 121, 171, 10334, 17280, 17419, 17420]);
    expect(kindOf(112)).toMatchObject({ kind: 'retry', failure: { mayBeWritten: false } });
    expect(kindOf(4_711)).toMatchObject({ kind: 'refused', isNamed: true, evidence: 'probe' });
    expect(kindOf(40)).toMatchObject({ kind: 'refused', isNamed: true, evidence: 'write' });
    expect(classifyWriteError({ code: 40, duplicateIndex: undefined }, () => true).kind).toBe('poison');
    expect(kindOf(13)).toMatchObject({ kind: 'fatal', scope: 'collection' });
    const conflicts = [9, 4_711, 112].map((code) =>
      classifyWriteError({ code, duplicateIndex: undefined }, () => true),
    );
    expect(conflicts.map(({ kind }) => kind)).toEqual(['refused', 'refused', 'retry']);
  });
});

describe('the index an E11000 names', () => {
  const orders = { database: 'shop', collection: 'orders' };
  const blank = { database: 'shop', collection: 'my index: x' };

  it.each([
    ['E11000 duplicate key error collection: shop.orders index: _id_ dup key: { _id: "x index: y" }', '_id_'],
    ['E11000 duplicate key error collection: shop.orders index: email_1', 'email_1'],
    ['E11000 duplicate key error collection: shop.orders index: by email dup key: { email: "e" }', 'by email'],
    ['E11000 duplicate key error index: shop.orders.$email_1 dup key: { : "x" }', 'email_1'],
    ['E11000 duplicate key error index: email_1 dup key: { : "x" }', 'email_1'],
    ['index: shop.orders.$email_1 dup key: { : "x" }', 'email_1'],
    ['E11000 duplicate key error dup key: { : "x index: _id_" }', undefined],
    ['E11000 duplicate key error', undefined],
    ['something else', undefined],
    [undefined, undefined],
  ])('is read from the message: %s', (errmsg, expected) => {
    expect(duplicateIndexOf({ errmsg }, orders)).toBe(expected);
  });

  it.each([
    ['E11000 duplicate key error collection: shop.my index: x index: _id_ dup key: { _id: 1 }', '_id_'],
    ['E11000 duplicate key error index: shop.my index: x.$email_1 dup key: { : 1 }', 'email_1'],
  ])("is not read from the collection's name: %s", (errmsg, expected) => {
    expect(duplicateIndexOf({ errmsg }, blank)).toBe(expected);
  });

  it('is taken from keyPattern where the server gives one for _id', () => {
    expect(duplicateIndexOf({ keyPattern: { _id: 1 } }, orders)).toBe('_id_');
    const errmsg = 'E11000 .. index: _id_region';
    expect(duplicateIndexOf({ keyPattern: null, errmsg }, orders)).toBe('_id_region');
    expect(duplicateIndexOf({ keyPattern: { _id: 1, region: 1 }, errmsg }, orders)).toBe('_id_region');
  });
});
