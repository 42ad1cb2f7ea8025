import { dirname } from 'node:path';
import type { Mapping } from '../../local/msk-trigger/mapping/mapping.ts';
import { readMappings } from '../../local/msk-trigger/mapping/read-mappings.ts';
import { parseTemplate } from '../../local/template/parse-template.ts';
import { readFunctions, type TemplateFunction } from '../../local/template/read-functions.ts';
import { templateResolver } from '../../local/template/template-resolver.ts';
import { type Code, codeOf } from './code.ts';
import { withGroupPrefix } from './groups.ts';
import type { TriggerCommandOptions } from './options.ts';

export type RunnableFunction = TemplateFunction & Code;

/** What runs: mappings that are enabled, and the functions that they invoke. */
export interface Plan {
  readonly mappings: readonly Mapping[];
  readonly functions: readonly RunnableFunction[];
  /** What the template says and this command does not do, in sentences. */
  readonly notes: readonly string[];
}

type PlanOptions = Pick<
  TriggerCommandOptions,
  'templateFile' | 'parameters' | 'code' | 'environment' | 'registryUrl' | 'groupPrefix'
>;

/** @throws Error that lists what cannot be followed: template, resource, property and remedy */
export function planOf(templateText: string, options: PlanOptions): Plan {
  const { templateFile, parameters, environment } = options;
  const template = parsed(templateText, templateFile);
  const resolve = templateResolver(template, parameters);
  const all = inTemplate(templateFile, () => readMappings(template, resolve, options.registryUrl));
  const mappings = all.filter(({ isEnabled }) => isEnabled);
  if (mappings.length === 0) throw new Error(noMapping(templateFile, all.length));
  const logicalIds = new Set(mappings.map(({ functionLogicalId }) => functionLogicalId));
  const functions = inTemplate(templateFile, () => readFunctions(template, { resolve, environment, logicalIds }));
  return {
    mappings: withGroupPrefix(mappings, options.groupPrefix),
    functions: withCode(functions, options),
    notes: [
      ...all
        .filter(({ isEnabled }) => !isEnabled)
        .map(({ logicalId }) => `${logicalId} is not enabled, and does not run`),
      ...functions
        .filter(({ hasLayers }) => hasLayers)
        .map(
          ({ logicalId }) =>
            `${logicalId}: its layers are not loaded; a bundle has to contain what it imports from them`,
        ),
    ],
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return parseTemplate(text);
  } catch {
    throw new Error(`${file} is neither JSON nor YAML of CloudFormation: name a packaged template with --template`);
  }
}

function inTemplate<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) throw new Error(`${file}: ${error.message}`);
    throw error;
  }
}

const noMapping = (file: string, disabledCount: number): string =>
  disabledCount > 0
    ? `${file}: every event source mapping for MSK is disabled: set Enabled to true`
    : `${file} has no AWS::Lambda::EventSourceMapping for MSK. Name the template that a deployment would send to CloudFormation, after packaging or synthesis; events of AWS::Serverless::Function become mappings only in AWS`;

function withCode(
  functions: readonly TemplateFunction[],
  { code, templateFile }: PlanOptions,
): readonly RunnableFunction[] {
  const names = new Set(functions.flatMap(({ logicalId, name }) => [logicalId, name]));
  const problems = [...code.keys()]
    .filter((name) => !names.has(name))
    .map(
      (name) => `--function ${name}: no mapping invokes a function of this name; there are ${[...names].join(', ')}`,
    );
  const found = functions.flatMap((each): readonly RunnableFunction[] => {
    try {
      const given = code.get(each.logicalId) ?? code.get(each.name);
      return [{ ...each, ...codeOf(each, given, dirname(templateFile)) }];
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return found;
}
