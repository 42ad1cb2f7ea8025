// The bridge from serverless.yml to template.ts: `${file(infra/template.cjs):functions}`. The framework loads this file on
// the user's Node, which may not run TypeScript: so it is bundled first.
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const outfile = join(__dirname, '..', '.local', 'build', 'template.cjs');
let templateParts;

function load() {
  if (templateParts) return templateParts;
  buildSync({
    entryPoints: [join(__dirname, 'template.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  ({ templateParts } = require(outfile));
  return templateParts;
}

module.exports = async ({ resolveVariable }) => {
  const [service, stage] = await Promise.all([resolveVariable('self:service'), resolveVariable('sls:stage')]);
  const stageFile = await resolveVariable(`file(config/${stage}.yml), null`);
  if (stageFile === null) {
    throw new Error(
      `config/${stage}.yml does not exist: write it (config/dev.yml is an example), or name another --stage`,
    );
  }
  return load()(service, stage, stageFile);
};
