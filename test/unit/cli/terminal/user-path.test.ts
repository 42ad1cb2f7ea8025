import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userPath } from '../../../../cli/terminal/user-path.ts';

describe("a user's path", () => {
  it.each([
    ['prices.json', '/home/me/project/docs', '/home/me/project/docs/prices.json'],
    ['../prices.json', '/home/me/project/docs', '/home/me/project/prices.json'],
    ['/tmp/prices.json', '/home/me', '/tmp/prices.json'],
  ])('%s begins where the user is, not where npm starts its scripts (%s)', (path, folder, expected) => {
    expect(userPath(path, { INIT_CWD: folder })).toBe(expected);
  });

  it('begins in the folder of the process without npm', () => {
    expect(userPath('prices.json', {})).toBe(join(process.cwd(), 'prices.json'));
  });
});
