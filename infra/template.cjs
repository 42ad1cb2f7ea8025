// Gives serverless.yml the result of template/template.ts: `${file(infra/template.cjs):functions}`.
/** Prints the message once and ends the command. A thrown error would be printed for each reference in serverless.yml. */
function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Before `npm ci`, npx starts the newest framework of the registry, which finds none of this project's packages.
 * @returns {(name: string) => any} the exports of a file in infra/
 */
function typescriptLoader() {
  try {
    return require('./load-typescript.cjs');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return refuse(
      'The packages of this project are not installed, and this may be another version of the framework: run `npm ci` in the folder of serverless.yml, then repeat the command. npx then starts osls 4, which package-lock.json names.',
    );
  }
}

/** The stage file, or null if there is none. Other errors go to the framework, which resolves the variable again later. */
async function readStageFile(name, resolveVariable) {
  try {
    return await resolveVariable(`file(${name}), null`);
  } catch (error) {
    const [unreadable] = /Cannot parse ".*/s.exec(error.message) ?? [];
    if (unreadable) refuse(unreadable);
    if (error.message.includes('not supported result: "undefined"')) return null; // an empty file
    throw error;
  }
}

let isNotified = false;

/** Prints the notices once in a command: the framework resolves this file several times. */
function notify(notices) {
  if (isNotified || notices.length === 0) return;
  isNotified = true;
  process.stderr.write(`${notices.join('\n')}\n`);
}

const loadTypescript = typescriptLoader();

module.exports = async ({ resolveVariable }) => {
  const [service, stage] = await Promise.all([resolveVariable('self:service'), resolveVariable('sls:stage')]);
  // `npm start -- --connector` writes its own file for the stage `local`.
  const name = (stage === 'local' && process.env.LOCAL_STAGE_FILE) || `config/${stage}.yml`;
  const stageFile = await readStageFile(name, resolveVariable);
  if (stageFile === null) {
    refuse(
      `${name} does not exist or is empty: create it (config/dev.yml is an example), or choose another stage with --stage`,
    );
  }
  const { templateParts } = loadTypescript('template/template');
  try {
    const parts = templateParts(service, stage, stageFile);
    notify(parts.notices);
    return parts;
  } catch (error) {
    if (error.name !== 'SettingsError') throw error;
    return refuse(error.message);
  }
};
