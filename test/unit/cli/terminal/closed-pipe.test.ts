import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outliveClosedPipe } from '../../../../cli/terminal/closed-pipe.ts';

describe('a pipe that its reader closes', () => {
  it('ends no command, and any other error of it does', () => {
    const [output, errors] = [new EventEmitter(), new EventEmitter()];
    outliveClosedPipe(output, errors);
    for (const pipe of [output, errors]) {
      pipe.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      expect(() => pipe.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow('no space');
    }
  });

  const commands = readdirSync('cli').filter((name) => name.endsWith('.ts'));
  // A redrive ends where nobody reads on, and the trigger stops as at Ctrl-C.
  const withTheirOwnRule = ['dead-letters.ts', 'trigger.ts'];
  it.each(commands.filter((name) => !withTheirOwnRule.includes(name)))('is outlived by cli/%s', (name) => {
    expect(readFileSync(`cli/${name}`, 'utf8')).toContain('\noutliveClosedPipe(process.stdout, process.stderr);\n');
  });
});
