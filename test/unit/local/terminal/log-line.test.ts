import { describe, expect, it } from 'vitest';
import { logLine } from '../../../../local/terminal/log-line.ts';

describe('the line of a log event', () => {
  it('names the mapping and every field', () => {
    const fields = { mapping: 'Orders', topic: 'orders', causes: ['ECONNREFUSED', 'x'], lag: 4 };
    expect(logLine('fetch_failed', fields)).toBe('Orders: fetch_failed causes=ECONNREFUSED,x lag=4');
  });
});
