import { expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../../../functions/documentdb-sink/delivery/circuit-breaker.ts';

it('is open at first, to all', () => {
  const breaker = createCircuitBreaker();
  expect([breaker.nextTryAtMs(), breaker.enter(1_000), breaker.enter(1_000), breaker.nextTryAtMs()]).toEqual([
    0,
    false,
    false,
    0,
  ]);
});

it('once shut lets one in every 5 s, who keeps all others out for the next 5 s', () => {
  const breaker = createCircuitBreaker();
  breaker.trip(1_000);
  expect(breaker.nextTryAtMs()).toBe(6_000);
  expect(breaker.enter(7_000)).toBe(true);
  expect(breaker.nextTryAtMs()).toBe(12_000);
});

it('is open to all at once when the target did something', () => {
  const breaker = createCircuitBreaker();
  breaker.trip(1_000);
  breaker.reset();
  expect([breaker.nextTryAtMs(), breaker.enter(2_000), breaker.nextTryAtMs()]).toEqual([0, false, 0]);
});

it('gives a second chance once, also after it was open again', () => {
  const breaker = createCircuitBreaker();
  expect(breaker.takeCredentialsRetry()).toBe(true);
  breaker.reset();
  expect(breaker.takeCredentialsRetry()).toBe(false);
});
