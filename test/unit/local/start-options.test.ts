import { describe, expect, it } from 'vitest';
import { parseStartOptions, USAGE } from '../../../local/start-options.ts';

const refusal = (...args: readonly string[]): readonly string[] => {
  try {
    parseStartOptions(args);
    return [];
  } catch (error) {
    const [problems = '', usage] = (error as Error).message.split('\n\n');
    expect(usage).toBe(USAGE);
    return problems.split('\n');
  }
};

describe('the options of npm start', () => {
  it('have defaults, and a seed that is another each time', () => {
    const { seed, ...others } = parseStartOptions([]);
    expect(others).toEqual({
      records: undefined,
      exit: false,
      outages: [],
      partialFailureRetry: 'fromLowest',
      valueBytes: 1024,
      connector: undefined,
      unsigned: false,
      help: false,
    });
    expect(seed).toBeGreaterThan(0);
    expect(new Set(Array.from({ length: 20 }, () => parseStartOptions([]).seed)).size).toBeGreaterThan(1);
  });

  it('are taken as written, in either form', () => {
    const expected = {
      records: 5,
      exit: true,
      outages: ['kinesis'],
      partialFailureRetry: 'listedOnly',
      seed: 77,
      valueBytes: 2048,
      connector: 'c.json',
      unsigned: false,
      help: false,
    };
    expect(
      parseStartOptions(
        '--records 5 --exit --outage kinesis --partial-failure-retry listedOnly --seed 77 --value-bytes 2048 --connector c.json'.split(
          ' ',
        ),
      ),
    ).toEqual(expected);
    expect(
      parseStartOptions(
        '--connector=c.json --value-bytes=2048 --seed=77 --partial-failure-retry=listedOnly --exit --outage=kinesis --records=5'.split(
          ' ',
        ),
      ),
    ).toEqual(expected);
  });

  it('take one target away, or both', () => {
    const outages = (text: string) => parseStartOptions(['--records', '5', '--exit', '--outage', text]).outages;
    expect(outages('documentdb')).toEqual(['documentdb']);
    expect(outages('documentdb,kinesis')).toEqual(['kinesis', 'documentdb']);
    expect(outages('kinesis,kinesis')).toEqual(['kinesis']);
  });

  it.each(['kafka', 'kinesis,kafka', 'kinesis,', '', 'Kinesis'])('know no target "%s"', (text) => {
    const problem = `--outage must be kinesis, documentdb, or kinesis,documentdb, got "${text}"`;
    expect(refusal('--records', '5', '--exit', '--outage', text)).toEqual([problem]);
  });

  it.each([[[]], [['--exit']], [['--records', '5']]])('take nothing away with %j alone', (others) => {
    const problem =
      '--outage needs --records and --exit: the outage starts halfway through the records, and the check follows at the end';
    expect(refusal('--outage', 'kinesis', ...others)).toContain(problem);
  });

  it('can ask for help', () => {
    expect(parseStartOptions(['--help']).help).toBe(true);
  });

  it('that are all wrong are named in one message, with the usage', () => {
    const args = '--records many --partial-failure-retry never --seed 0 --value-bytes 1k --exits --fast=3 now'.split(
      ' ',
    );
    expect(refusal(...args)).toEqual([
      '--exits is not an option',
      '--fast is not an option',
      '"now" does not belong to an option',
      '--records must be a whole number from 1 to 999999999, got "many"',
      '--seed must be a whole number from 1 to 999999999, got "0"',
      '--value-bytes must be a whole number from 512 to 1000000, got "1k"',
      '--partial-failure-retry must be fromLowest or listedOnly, got "never"',
    ]);
  });

  it.each([
    { args: ['--exit'], problem: '--exit needs --records: without it the run never ends' },
    { args: ['--exit=yes', '--records', '5'], problem: '--exit takes no value' },
    { args: ['--records'], problem: '--records needs a value' },
    { args: ['--records', '--seed', '5'], problem: '--records needs a value' },
    { args: ['--records', '-5'], problem: '--records must be a whole number from 1 to 999999999, got "-5"' },
    { args: ['--records', '1.5'], problem: '--records must be a whole number from 1 to 999999999, got "1.5"' },
    { args: ['--records', ''], problem: '--records must be a whole number from 1 to 999999999, got ""' },
    { args: ['--no-exit'], problem: '--no-exit is not an option' },
    { args: ['-e'], problem: '-e is not an option' },
    { args: ['--value-bytes', '511'], problem: '--value-bytes must be a whole number from 512 to 1000000, got "511"' },
  ])('refuse $args', ({ args, problem }) => {
    expect(refusal(...args)).toContain(problem);
  });
});
