import { describe, expect, it } from 'vitest';
import {
  findToolchain,
  missingToolsMessage,
  type Probe,
  TOOLS,
} from '../../../../../local/engines/install/toolchain.ts';

const MODERN: Readonly<Record<string, string>> = {
  java: 'openjdk version "17.0.15" 2025-04-15',
  mvn: 'Apache Maven 3.8.7',
  python3: 'python 3 11\n',
};

/** A machine on which exactly these commands answer. */
const machine =
  (answers: Readonly<Record<string, string>>): Probe =>
  async (command) =>
    answers[command];

describe('a machine that lacks tools', () => {
  it('is told of all of them at once, with the command that installs them', async () => {
    const failure = findToolchain(TOOLS, machine({ python3: 'python 3 12\n' }));
    await expect(failure).rejects.toThrow('sudo apt-get install -y default-jre-headless maven\n');
    await expect(failure).rejects.toThrow('brew install openjdk maven\n');
  });

  it.each([
    ['Java 8', { java: 'java version "1.8.0_402"' }, 'Java 17 or later'],
    ['Java 11', { java: 'openjdk version "11.0.2" 2019-01-15' }, 'Java 17 or later'],
    ['Python 3.9', { python3: 'python 3 9\n' }, 'Python 3.11 or later'],
    ['a Python without venv', { python3: '' }, 'Python 3.11 or later'],
  ])('counts %s as missing', async (_what, answers, wanted) => {
    await expect(findToolchain(TOOLS, machine({ ...MODERN, ...answers }))).rejects.toThrow(wanted);
  });

  it('is not asked for what is not needed', () => {
    expect(missingToolsMessage(['python'])).not.toMatch(/java|maven|openjdk/i);
  });
});

describe('a machine that has them', () => {
  it('gives the place of each', async () => {
    const found = await findToolchain(TOOLS, machine(MODERN));
    expect(Object.keys(found).sort()).toEqual(['java', 'maven', 'python']);
  });

  it('may have its good Java or Python in a second place', async () => {
    const macOs = {
      python3: 'python 3 9\n',
      'python3.13': 'python 3 13\n',
      '/opt/homebrew/opt/openjdk/bin/java': 'openjdk version "25" 2025-09-16',
    };
    const found = await findToolchain(['java', 'python'], machine(macOs));
    expect(found.java).toBe('/opt/homebrew/opt/openjdk/bin/java');
    expect(found.python).toMatch(/python3\.13$/);
  });
});
