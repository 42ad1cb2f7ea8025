import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export const TOOLS = ['java', 'maven', 'python'] as const;
export type Tool = (typeof TOOLS)[number];

/** The absolute path of each tool. */
export type Toolchain = Readonly<Record<Tool, string>>;

/** The output of a command (both streams); undefined if the command is missing or failed. */
export type Probe = (command: string, args: readonly string[]) => Promise<string | undefined>;

const JAVA_MAJOR_MIN = 17;
const PYTHON_MINOR_MIN = 11;
const PROBE_TIMEOUT_MS = 20_000;

interface ToolFacts {
  readonly wanted: string;
  readonly debianPackage: string;
  readonly brewPackage: string;
  readonly args: readonly string[];
  readonly isGoodEnough: (output: string) => boolean;
  /** The candidates: Homebrew does not add its Java to the path, and macOS has an old `python3`. */
  readonly commands: (javaHome: string | undefined) => readonly string[];
}

const FACTS: Readonly<Record<Tool, ToolFacts>> = {
  java: {
    wanted: `Java ${JAVA_MAJOR_MIN} or later (java)`,
    debianPackage: 'default-jre-headless',
    brewPackage: 'openjdk',
    args: ['-version'],
    isGoodEnough: (output) => Number(/version "(\d+)/.exec(output)?.[1] ?? 0) >= JAVA_MAJOR_MIN,
    commands: (javaHome) => [
      ...(javaHome === undefined ? [] : [join(javaHome, 'bin', 'java')]),
      'java',
      '/opt/homebrew/opt/openjdk/bin/java',
      '/usr/local/opt/openjdk/bin/java',
    ],
  },
  maven: {
    wanted: 'Apache Maven (mvn)',
    debianPackage: 'maven',
    brewPackage: 'maven',
    args: ['-version'],
    isGoodEnough: (output) => output.includes('Apache Maven'),
    commands: () => ['mvn'],
  },
  python: {
    wanted: `Python 3.${PYTHON_MINOR_MIN} or later with its venv module (python3)`,
    debianPackage: 'python3-venv',
    brewPackage: 'python',
    args: ['-c', 'import sys, venv, ensurepip; print("python", sys.version_info[0], sys.version_info[1])'],
    isGoodEnough: (output) => Number(/^python 3 (\d+)$/m.exec(output)?.[1] ?? 0) >= PYTHON_MINOR_MIN,
    commands: () => ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'],
  },
};

/**
 * Finds all requested tools.
 * @throws Error that names every missing tool and the command that installs it.
 */
export async function findToolchain<Wanted extends Tool>(
  tools: readonly Wanted[],
  probe: Probe = runProbe,
): Promise<Pick<Toolchain, Wanted>> {
  const found = new Map<Tool, string>();
  await Promise.all(
    tools.map(async (tool) => {
      const path = await findTool(tool, probe);
      if (path !== undefined) found.set(tool, path);
    }),
  );
  const missing = tools.filter((tool) => !found.has(tool));
  if (missing.length > 0) throw new Error(missingToolsMessage(missing));
  return Object.fromEntries(found) as Pick<Toolchain, Wanted>; // every wanted tool is in it: none is missing
}

async function findTool(tool: Tool, probe: Probe): Promise<string | undefined> {
  const facts = FACTS[tool];
  for (const command of facts.commands(process.env['JAVA_HOME'])) {
    const output = await probe(command, facts.args);
    if (output !== undefined && facts.isGoodEnough(output)) return locate(command);
  }
  return undefined;
}

export function missingToolsMessage(missing: readonly Tool[]): string {
  const facts = TOOLS.filter((tool) => missing.includes(tool)).map((tool) => FACTS[tool]);
  return [
    `The local engines need ${facts.map(({ wanted }) => wanted).join(' and ')}, which this machine does not have. Install with`,
    `  Debian, Ubuntu:  sudo apt-get install -y ${facts.map(({ debianPackage }) => debianPackage).join(' ')}`,
    `  macOS:           brew install ${facts.map(({ brewPackage }) => brewPackage).join(' ')}`,
    'and run the command again.',
  ].join('\n');
}

/** The absolute path of a command, so that later changes of PATH have no effect. */
function locate(command: string): string {
  if (isAbsolute(command)) return command;
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, command));
  return places.find(isExecutable) ?? command;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function runProbe(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: PROBE_TIMEOUT_MS, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve(error === null ? `${stdout}${stderr}` : undefined);
    });
  });
}
