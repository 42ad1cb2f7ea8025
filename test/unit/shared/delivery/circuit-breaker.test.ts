import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../../../shared/delivery/circuit-breaker.ts';

describe('a circuit breaker', () => {
  it('lets everything through at first', () => {
    const breaker = new CircuitBreaker();
    expect([breaker.probeAtMs, breaker.enter(1_000), breaker.enter(1_000), breaker.probeAtMs]).toEqual([
      undefined,
      false,
      false,
      undefined,
    ]);
  });

  it('that is tripped lets one request through every 5 s, and nothing else', () => {
    const breaker = new CircuitBreaker();
    breaker.trip(1_000);
    expect(breaker.probeAtMs).toBe(6_000);
    expect(breaker.enter(7_000)).toBe(true);
    expect(breaker.probeAtMs).toBe(12_000);
  });

  it('that is reset lets everything through at once', () => {
    const breaker = new CircuitBreaker();
    breaker.trip(1_000);
    breaker.reset();
    expect([breaker.probeAtMs, breaker.enter(2_000), breaker.probeAtMs]).toEqual([undefined, false, undefined]);
  });

  it('counts how often it was tripped, also after a reset', () => {
    const breaker = new CircuitBreaker();
    breaker.trip(1_000);
    breaker.reset();
    breaker.trip(2_000);
    expect(breaker.tripCount).toBe(2);
  });
});
