import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Licenses of which a copy must go with the code, and one that asks for nothing. https://spdx.org/licenses/ */
const KNOWN_LICENSES = new Set(['Apache-2.0', 'MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * The names, versions and licenses of the packages in a bundle, with the texts that the licenses ask for. A text that several
 * packages share is written once.
 * @param inputs the files of the bundle, as in esbuild's metafile, from the root
 * @param root of the project
 * @throws Error that names a package with a license that nobody has read yet
 */
export async function thirdPartyNotices(inputs: readonly string[], root: string): Promise<string> {
  const folders = [...new Set(inputs.flatMap((input) => packageFolderOf(input) ?? []))].sort();
  const packages = await Promise.all(folders.map((folder) => licenseOf(join(root, folder))));
  const byText = Map.groupBy(packages, ({ texts }) => texts.join('\n\n'));
  const sections = [...byText].map(([text, own]) =>
    [
      ...own.map(({ title }) => title).sort(),
      '',
      text.trim() || 'No file with the license is in the package. The text: https://spdx.org/licenses/',
    ].join('\n'),
  );
  return `${[HEAD, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

const HEAD = 'This function contains code of the following packages, under the licenses below their names.';

/** `node_modules/a/node_modules/@b/c/index.js` -> `node_modules/a/node_modules/@b/c`. */
function packageFolderOf(input: string): string | undefined {
  const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
  return folder;
}

interface PackageLicense {
  readonly title: string;
  readonly texts: readonly string[];
}

async function licenseOf(folder: string): Promise<PackageLicense> {
  const { name, version, license }: Readonly<Record<'name' | 'version' | 'license', string>> = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  if (!KNOWN_LICENSES.has(license)) {
    throw new Error(
      `${name} ${version} has the license ${JSON.stringify(license)}: read the license, and add it to infra/bundle/third-party-notices.ts or remove the package`,
    );
  }
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return { title: `${name} ${version} (${license})`, texts: texts.map((text) => text.trim()) };
}
