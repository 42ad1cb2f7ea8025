import { isObject, member, type ResolveIntrinsic, text } from './intrinsic.ts';
import { type PropertyReader, propertyReader } from './property-reader.ts';

/** An `AWS::Lambda::Function` of a template, with Lambda's defaults. */
export interface TemplateFunction {
  readonly logicalId: string;
  readonly name: string;
  /** `dist/kinesis-sink/index.handler` */
  readonly handler: string;
  /** `nodejs24.x` */
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly hasLayers: boolean;
  /** The folder of the code that AWS CDK names, relative to the template. */
  readonly assetPath: string | undefined;
}

export interface ReadFunctionsOptions {
  readonly resolve: ResolveIntrinsic;
  /** Variables of every function; they replace those of the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: all functions. */
  readonly logicalIds?: ReadonlySet<string>;
}

const TIMEOUT_SECONDS_DEFAULT = 3;
const MEMORY_MB_DEFAULT = 128;

/**
 * The Node functions of a template, as a process needs them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 *
 * @throws {Error} with one line for each property that cannot be followed here: resource, property and remedy
 */
export function readFunctions(template: unknown, options: ReadFunctionsOptions): readonly TemplateFunction[] {
  const resources = member(template, 'Resources');
  const problems: string[] = [];
  const functions = Object.entries(isObject(resources) ? resources : {})
    .filter(([, resource]) => member(resource, 'Type') === 'AWS::Lambda::Function')
    .filter(([logicalId]) => options.logicalIds?.has(logicalId) ?? true)
    .map(([logicalId, resource]) => readFunction({ ...options, problems }, logicalId, resource));
  if (problems.length > 0) throw new Error(`the template's functions have problems:\n  ${problems.join('\n  ')}`);
  return functions;
}

function readFunction(
  context: ReadFunctionsOptions & { readonly problems: string[] },
  logicalId: string,
  resource: unknown,
): TemplateFunction {
  const read = propertyReader(context, logicalId, member(resource, 'Properties'));
  if (read.text('PackageType') === 'Image')
    read.problem('PackageType', 'is Image, but functions of files only run here: describe it with Handler and Runtime');
  return {
    logicalId,
    name: read.text('FunctionName') ?? logicalId,
    handler: read.text('Handler') ?? read.missing('Handler', 'the file and the export, such as index.handler'),
    runtime: readRuntime(read),
    timeoutMs: 1_000 * (read.integer('Timeout', { min: 1, max: 900 }) ?? TIMEOUT_SECONDS_DEFAULT),
    memoryMb: read.integer('MemorySize', { min: 128, max: 10_240 }) ?? MEMORY_MB_DEFAULT,
    environment: { ...readVariables(context, read), ...context.environment },
    hasLayers: read.at('Layers') !== undefined,
    assetPath: text(member(member(resource, 'Metadata'), 'aws:asset:path')),
  };
}

function readRuntime(read: PropertyReader): string {
  const runtime = read.text('Runtime') ?? read.missing('Runtime', 'a runtime of Node, such as nodejs24.x');
  if (runtime !== '' && !/^nodejs\d+\.x$/.test(runtime))
    read.problem('Runtime', `is ${runtime}, but functions of Node only run here: take its mapping out of the template`);
  return runtime;
}

function readVariables(
  { environment = {}, resolve }: ReadFunctionsOptions,
  read: PropertyReader,
): Readonly<Record<string, string>> {
  const variables = read.at('Environment.Variables') ?? {};
  const known: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(variables) ? variables : {})) {
    if (name in environment) continue;
    const resolved = isObject(value) ? resolve(value) : String(value);
    if (resolved !== undefined) known[name] = resolved;
    else
      read.problem(
        `Environment.Variables.${name}`,
        `${JSON.stringify(value)} is known only in AWS; give the variable a value`,
      );
  }
  return known;
}
