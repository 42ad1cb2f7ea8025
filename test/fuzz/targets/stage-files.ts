import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { templateParts } from '../../../infra/template/template.ts';
import { SettingsError } from '../../../shared/errors.ts';
import { mutateText, mutateValue, pick, type Random } from '../mutate.ts';
import { expectThat, type FuzzTarget } from '../target.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'config');
const FILES = readdirSync(FOLDER)
  .flatMap((file) => /^(?!wrong-)([\w-]+)\.yml$/.exec(file)?.[1] ?? [])
  .sort()
  .map((stage) => ({ stage, text: readFileSync(join(FOLDER, `${stage}.yml`), 'utf8') }));

interface StageFileInput {
  readonly stage: string;
  readonly written: unknown;
}

/** A stage file becomes a template, or every problem is listed with the place in the file. */
export const stageFiles: FuzzTarget<StageFileInput> = {
  name: 'stage-files',
  generate(random) {
    const { stage, text } = pick(random, FILES);
    return { stage, written: random() < 0.7 ? mutateValue(random, parse(text)) : parsed(random, text) };
  },
  check({ stage, written }) {
    try {
      const { resources } = templateParts('msk-sinks', stage, written);
      const json = JSON.stringify(resources);
      expectThat(!/undefined|NaN|\[object /.test(json), 'the template holds undefined, NaN or [object ..]');
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      expectThat(error.problems.length > 0, 'an error without a problem');
      const unclear = error.problems.find((problem) => /undefined|\[object |NaN/.test(problem));
      expectThat(unclear === undefined, `an unclear problem: ${unclear}`);
    }
  },
};

/** The file after changes of its text, where the text still is YAML. */
function parsed(random: Random, text: string): unknown {
  try {
    return parse(mutateText(random, text), { logLevel: 'silent' });
  } catch {
    return parse(text);
  }
}
