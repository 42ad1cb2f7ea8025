import { readFileSync } from 'node:fs';
import { parseTemplate } from '../../local/template/parse-template.ts';

/** A CloudFormation template whose `!Ref` and the like are written out: `{ Ref: .. }`, `{ 'Fn::Sub': .. }`. */
export interface Template {
  readonly Parameters: Readonly<Record<string, TemplateParameter>>;
  readonly Rules: Readonly<Record<string, TemplateRule>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, TemplateOutput>>;
}

interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly ConstraintDescription?: string;
  readonly Description?: string;
}

interface TemplateRule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface TemplateOutput {
  readonly Condition?: string;
  readonly Description: string;
  readonly Value: unknown;
}

/** What CloudFormation would make of a template with these parameters. */
export interface Deployed {
  /** Why it is refused before anything is made. */
  readonly problems: readonly string[];
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export function readTemplate(file: string): Template {
  return parseTemplate(readFileSync(file, 'utf8')) as Template; // the tests look at every part of it
}

/**
 * Decides conditions and functions; a resource's attribute becomes `<logical id>.<attribute>`, its Ref the logical id.
 * @param place pseudo parameters of another partition: `AWS::Partition`, `AWS::Region`
 */
export function deployed(
  template: Template,
  given: Readonly<Record<string, string>>,
  place: Readonly<Record<string, string>> = {},
): Deployed {
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, { Default }]) => [name, given[name] ?? Default]),
  );
  const problems = Object.entries(template.Parameters).flatMap(([name, declared]) =>
    isAllowed(declared, parameters[name]) ? [] : [`${name}: ${declared.ConstraintDescription}`],
  );
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      template.Parameters[name]?.Type === 'CommaDelimitedList' ? String(value).split(',') : value,
    ]),
  );
  const evaluate = evaluator(template, { ...PSEUDO_PARAMETERS, ...place, ...values });
  const exists = ({ Condition }: { readonly Condition?: string }) =>
    Condition === undefined || evaluate({ Condition }) === true;
  return {
    problems: [...problems, ...brokenRules(template, evaluate)],
    resources: Object.fromEntries(
      Object.entries(template.Resources)
        .filter(([, resource]) => exists(resource))
        .map(([id, resource]) => [id, { ...resource, ...propertiesOf(evaluate(resource.Properties)) }]),
    ),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, output]) => exists(output))
        .map(([name, { Value }]) => [name, evaluate(Value)]),
    ),
  };
}

const propertiesOf = (Properties: unknown) => ({ Properties: Properties as TemplateResource['Properties'] });

const PSEUDO_PARAMETERS = {
  'AWS::AccountId': '222222222222',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
};

function isAllowed(declared: TemplateParameter, value: unknown): boolean {
  if (value === undefined) return false;
  const texts = declared.Type === 'CommaDelimitedList' ? String(value).split(',') : [String(value)];
  const { AllowedValues, AllowedPattern, MinValue = -Infinity, MaxValue = Infinity } = declared;
  if (declared.Type === 'Number') return Number(value) >= MinValue && Number(value) <= MaxValue;
  return texts.every(
    (text) => (AllowedValues?.includes(text) ?? true) && new RegExp(`^(?:${AllowedPattern ?? '.*'})$`).test(text),
  );
}

type Evaluate = (value: unknown) => unknown;

const brokenRules = ({ Rules }: Template, evaluate: Evaluate): readonly string[] =>
  Object.values(Rules)
    .filter(({ RuleCondition }) => RuleCondition === undefined || evaluate(RuleCondition) === true)
    .flatMap(({ Assertions }) => Assertions)
    .filter(({ Assert }) => evaluate(Assert) !== true)
    .map(({ AssertDescription }) => AssertDescription);

/** `AWS::NoValue`: the property or list member that holds it is not there. */
const NO_VALUE = Symbol('AWS::NoValue');

function evaluator(template: Template, values: Readonly<Record<string, unknown>>): Evaluate {
  const reference = (name: string): unknown => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name in values) return values[name];
    if (name in template.Resources) return name;
    throw new Error(`The template has no parameter and no resource ${name}.`);
  };
  const condition = (name: string): unknown => {
    if (!(name in template.Conditions)) throw new Error(`The template has no condition ${name}.`);
    return evaluate(template.Conditions[name]);
  };
  const functions = intrinsicFunctions(template, reference, condition, (value) => evaluate(value));
  const evaluate: Evaluate = (value) => {
    if (Array.isArray(value)) return value.map(evaluate).filter((each) => each !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, operand] = ['', undefined]] = entries;
    const apply = entries.length === 1 ? functions[name] : undefined;
    if (apply) return apply(operand);
    if (name.startsWith('Fn::')) throw new Error(`Unknown function ${name}.`);
    return Object.fromEntries(
      entries.map(([key, each]) => [key, evaluate(each)]).filter(([, each]) => each !== NO_VALUE),
    );
  };
  return evaluate;
}

function intrinsicFunctions(
  template: Template,
  reference: (name: string) => unknown,
  condition: (name: string) => unknown,
  evaluate: Evaluate,
): Readonly<Record<string, (operand: unknown) => unknown>> {
  const list = (operand: unknown) => operand as readonly unknown[];
  const attribute = (operand: unknown) => {
    const [id = ''] = String(operand).split('.');
    if (!(id in template.Resources)) throw new Error(`The template has no resource ${id}.`);
    return String(operand);
  };
  const substitute = (operand: unknown) => {
    const [text, own] = (Array.isArray(operand) ? operand : [operand, {}]) as [string, Record<string, unknown>];
    return text.replaceAll(/\$\{([^}]+)\}/g, (_all, name: string) =>
      String(name in own ? evaluate(own[name]) : name.includes('.') ? attribute(name) : reference(name)),
    );
  };
  return {
    Ref: (operand) => reference(String(operand)),
    // In a policy, `Condition` is a property like any other.
    Condition: (operand) => (typeof operand === 'string' ? condition(operand) : { Condition: evaluate(operand) }),
    'Fn::And': (operand) => list(operand).every((each) => evaluate(each) === true),
    'Fn::EachMemberEquals': (operand) => {
      const [members, expected] = list(evaluate(operand));
      return list(members).every((each) => each === expected);
    },
    'Fn::Equals': (operand) => {
      const [left, right] = list(evaluate(operand));
      return String(left) === String(right);
    },
    'Fn::GetAtt': attribute,
    'Fn::If': (operand) => {
      const [name, yes, no] = list(operand);
      return evaluate(condition(String(name)) === true ? yes : no);
    },
    'Fn::Not': (operand) => evaluate(list(operand)[0]) !== true,
    'Fn::Or': (operand) => list(operand).some((each) => evaluate(each) === true),
    'Fn::Select': (operand) => {
      const [index, members] = list(evaluate(operand));
      return list(members)[Number(index)];
    },
    'Fn::Split': (operand) => {
      const [separator, text] = list(evaluate(operand));
      return String(text).split(String(separator));
    },
    'Fn::Sub': substitute,
  };
}
