import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutatedSources, ROOT, readMutants, readProduct } from '../../simulation/mutants/mutant.ts';
import { substituteAll } from '../../simulation/mutants/substitute.ts';

const product = readProduct();
const mutants = readMutants();

describe('the list of mutants', () => {
  it('gives each mutant an id of its own, in words', () => {
    const ids = mutants.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id))).toEqual(
      [],
    );
  });

  it.each(mutants)('$id fits the code: each text occurs exactly once', (mutant) => {
    expect(mutatedSources(mutant, product)).not.toEqual([]);
  });

  it('says in a sentence what each one breaks, and names test files that exist', () => {
    for (const { guarantee, says, caughtBy = [] } of mutants) {
      expect(guarantee).toMatch(/^G[1-7]$/);
      expect(says).toMatch(/^[^\n]+\.$/);
      expect(caughtBy.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    }
  });

  it('says why no story meets a mutant outside the simulated world, and which test catches the mutant', () => {
    const outside = mutants.filter((mutant) => mutant.outside !== undefined);
    expect(outside.filter(({ outside: why = '' }) => !/^[^\n]+\.$/.test(why))).toEqual([]);
    expect(outside.filter(({ caughtBy = [] }) => caughtBy.length === 0)).toEqual([]);
  });
});

describe('a substitution', () => {
  const sources = [
    { path: 'a.ts', text: 'if (x)\n    go(1);\nstop();' },
    { path: 'b.ts', text: 'stop();' },
  ];

  it('finds its text whatever the white space, and takes the new text literally', () => {
    const changed = substituteAll(sources, [{ find: 'if (x) go(1);', replace: '$& $1' }]);
    expect(changed).toEqual([{ path: 'a.ts', text: '$& $1\nstop();' }]);
  });

  it('comes after those before it', () => {
    const changed = substituteAll(sources, [
      { find: 'go(1)', replace: 'go(2)' },
      { find: 'go(2)', replace: 'go(3)' },
    ]);
    expect(changed).toEqual([{ path: 'a.ts', text: 'if (x)\n    go(3);\nstop();' }]);
  });

  it.each(['stop();', 'nowhere'])('of a text that does not occur exactly once is refused: %s', (find) => {
    expect(() => substituteAll(sources, [{ find, replace: '' }])).toThrow(/must occur exactly once/);
  });
});
