import { expect, it } from 'vitest';
import { createGate } from '../../../../../functions/documentdb-sink/delivery/circuit-breaker.ts';

it('is open at first, to all', () => {
  const gate = createGate();
  expect([gate.openAtMs(), gate.enter(1_000), gate.enter(1_000), gate.openAtMs()]).toEqual([0, false, false, 0]);
});

it('once shut lets one in every 5 s, who keeps all others out for the next 5 s', () => {
  const gate = createGate();
  gate.shut(1_000);
  expect(gate.openAtMs()).toBe(6_000);
  expect(gate.enter(7_000)).toBe(true);
  expect(gate.openAtMs()).toBe(12_000);
});

it('is open to all at once when the target did something', () => {
  const gate = createGate();
  gate.shut(1_000);
  gate.open();
  expect([gate.openAtMs(), gate.enter(2_000), gate.openAtMs()]).toEqual([0, false, 0]);
});

it('gives a second chance once, also after it was open again', () => {
  const gate = createGate();
  expect(gate.takeSecondChance()).toBe(true);
  gate.open();
  expect(gate.takeSecondChance()).toBe(false);
});
