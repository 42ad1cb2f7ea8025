import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import project from '../../package.json' with { type: 'json' };

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly object[];
}

describe('npm run sbom', () => {
  it('lists what the functions contain, with versions and licenses, and nothing that only tests need', async () => {
    const options = { cwd: PROJECT_ROOT, maxBuffer: 16 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], options);
    const { bomFormat, components }: { readonly bomFormat: string; readonly components: readonly Component[] } =
      JSON.parse(stdout);
    expect(bomFormat).toBe('CycloneDX');
    const versions = new Map(components.map(({ name, version }) => [name, version]));
    for (const [name, version] of Object.entries(project.dependencies)) expect(versions.get(name)).toBe(version);
    expect(versions.has('vitest')).toBe(false);
    expect(components.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([]);
  });
});
