import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NO_PRETENURING } from '../../../../functions/kinesis-sink/young-batches.ts';

describe('the option that keeps batches in the young generation', () => {
  // V8 says nothing of an option that it does not know.
  it('is one of this V8, which has it on without being asked', () => {
    const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    const option = NO_PRETENURING.replace('--no-', '--');
    const [, ownDefault] =
      new RegExp(`\\n *${option} \\([^\\n]*\\n *type: bool +default: (?:--)?(\\S+)`).exec(options) ?? [];
    expect(ownDefault).toBe(option.replace('--', ''));
  });
});
