import { describe, expect, it, vi } from 'vitest';
import { leaks, watchTelemetry } from './invariants/telemetry.ts';
import { SECRET } from './services/kafka-log.ts';

describe('a payload is recognised', () => {
  it.each([0, 1, 2, 3, 4, 5])('in base64, %i bytes behind its beginning', (bytesBefore) => {
    const payload = Buffer.from(`${'x'.repeat(bytesBefore)}${SECRET}-7`);
    expect(leaks(`value ${payload.toString('base64')}`)).toBe(true);
  });

  it.each([
    { form: 'as text', text: `{"secret":"${SECRET}-7"}` },
    { form: 'in hexadecimal', text: Buffer.from(SECRET).toString('hex') },
    { form: 'as bytes in JSON', text: JSON.stringify(Buffer.from(`a ${SECRET}`)) },
  ])('$form', ({ text }) => {
    expect(leaks(text)).toBe(true);
  });

  it('not in what a function may say', () => {
    expect(leaks('records_unsettled {"topicPartition":"orders-0","lowestOffset":7}')).toBe(false);
  });
});

describe('what is printed past the logger', () => {
  it('is noted, and held back', () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { said } = watchTelemetry();
    globalThis.console.log('an event', { value: SECRET });
    expect([...said].some(leaks)).toBe(true);
    expect(print).not.toHaveBeenCalled();
    globalThis.console.log('a harmless line');
    expect(print).toHaveBeenCalledTimes(1);
    print.mockRestore();
  });
});
