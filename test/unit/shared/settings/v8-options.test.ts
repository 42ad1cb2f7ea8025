import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { V8_OPTIONS } from '../../../../shared/settings/v8-options.ts';

const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });

/** The type and the default of an option, as V8 prints them. */
const inV8 = (name: string) => new RegExp(`\\n *--${name} \\([^\\n]*\\n *(type: .+?) *\\n`).exec(known)?.[1];

// V8 says nothing of an option that it does not know.
describe('the options that the functions set are some of this V8', () => {
  it('which creates objects in the old generation, unless it is told not to', () => {
    const name = V8_OPTIONS.kinesisSink.replace('--no-', '');
    expect(inV8(name)).toMatch(/^type: bool +default: (--)?allocation-site-pretenuring$/);
  });

  it('which decides itself how far the heap grows, unless it is told', () => {
    const [name = '', percent] = V8_OPTIONS.documentdbSink.replace('--', '').split('=');
    expect(inV8(name)).toMatch(/^type: int +default: (--heap-growing-percent=)?0$/);
    expect(Number(percent)).toBeGreaterThan(0);
  });
});
