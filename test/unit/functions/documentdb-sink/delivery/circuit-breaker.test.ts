import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../../../functions/documentdb-sink/delivery/circuit-breaker.ts';

describe('a circuit breaker', () => {
  it('lets everything through at first', () => {
    const breaker = createCircuitBreaker();
    expect([breaker.nextTryAtMs(), breaker.enter(1_000), breaker.enter(1_000), breaker.nextTryAtMs()]).toEqual([
      0,
      false,
      false,
      0,
    ]);
  });

  it('that is tripped lets one command through every 5 s, and nothing else', () => {
    const breaker = createCircuitBreaker();
    breaker.trip(1_000);
    expect(breaker.nextTryAtMs()).toBe(6_000);
    expect(breaker.enter(7_000)).toBe(true);
    expect(breaker.nextTryAtMs()).toBe(12_000);
  });

  it('that is reset lets everything through at once', () => {
    const breaker = createCircuitBreaker();
    breaker.trip(1_000);
    breaker.reset();
    expect([breaker.nextTryAtMs(), breaker.enter(2_000), breaker.nextTryAtMs()]).toEqual([0, false, 0]);
  });

  it('permits one retry with new credentials, also after a reset', () => {
    const breaker = createCircuitBreaker();
    expect(breaker.takeCredentialsRetry()).toBe(true);
    breaker.reset();
    expect(breaker.takeCredentialsRetry()).toBe(false);
  });
});
