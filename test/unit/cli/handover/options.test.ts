import { describe, expect, it } from 'vitest';
import { parseHandoverOptions } from '../../../../cli/handover/options.ts';

const parsed = (line: string) => parseHandoverOptions(line === '' ? [] : line.split(' '), {});

describe('the arguments of handover', () => {
  it('are a stage, a group and brokers, and a direction', () => {
    expect(
      parsed('--stage dev --from-group connect-orders --bootstrap b:1 --function documentdbSink --dry-run'),
    ).toEqual({
      ...{ stage: 'dev', sink: 'documentdbSink', otherGroup: 'connect-orders', direction: 'toMappings', dryRun: true },
      brokers: { bootstrapServers: 'b:1', tls: false, login: undefined },
    });
    expect(parsed('--stage dev --back-to-group connect-orders --bootstrap b:1')).toMatchObject({ direction: 'back' });
    expect(parsed('--help')).toBe('help');
  });

  it('may name brokers with blanks between them', () => {
    const args = ['--stage', 'dev', '--from-group', 'a', '--bootstrap', 'b-1:9098, b-2:9098'];
    expect(parseHandoverOptions(args, {})).toMatchObject({ brokers: { bootstrapServers: 'b-1:9098,b-2:9098' } });
  });

  it.each([
    ['', '--stage is missing'],
    ['--stage dev', 'name one of --from-group and --back-to-group'],
    ['--stage dev --from-group a --back-to-group b', 'name one of --from-group and --back-to-group'],
    ['--stage dev --from-group a', '--bootstrap is missing'],
    ['--stage dev --from-group a --bootstrap b:1 --function other', '--function must be kinesisSink or documentdbSink'],
    ['--stage dev --from-group a --bootstrap b:1,', '--bootstrap must be HOST:PORT'],
    ['--stage dev --from-group a --bootstrap b', '--bootstrap must be HOST:PORT'],
    ['--stage dev --from-group a --bootstrap b:0', '--bootstrap must be HOST:PORT'],
    ['--stage dev --from-group a --bootstrap b:65536', '--bootstrap must be HOST:PORT'],
    ['--stage dev --from-group a --bootstrap b:1,http://c:1', '--bootstrap must be HOST:PORT'],
    ['--stage', "Option '--stage <value>' argument missing"],
    ['--unknown', "Unknown option '--unknown'\nnpm run handover --"],
  ])('say what to do when they are "%s"', (line, words) => {
    expect(() => parsed(line)).toThrow(words);
  });
});
