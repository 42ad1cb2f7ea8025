import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../../infra/template/deployment.ts';
import { checkQuotas } from '../../../../infra/template/quotas.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile, CLUSTER_ARN, type StageFileChanges } from '../../../support/a-stage-file.ts';

const ALARMS = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' };

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Policies?: readonly { readonly PolicyDocument: Policy }[];
    readonly PolicyDocument: Policy;
    readonly ManagedPolicyArns?: readonly unknown[];
    readonly AlarmRule?: string;
  };
}

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
}

const topicsOf = (count: number, length = 30): readonly string[] =>
  Array.from({ length: count }, (_, index) => `shop.${index}.${'x'.repeat(length)}`.slice(0, length));

const resourcesOf = (changes: StageFileChanges, { withKinesis = true } = {}) => {
  const { kinesisSink, ...others } = aStageFile(changes);
  const file = withKinesis ? { ...others, kinesisSink } : others;
  return templateParts('msk-sinks', 'prod', file).resources.Resources as Readonly<Record<string, Resource>>;
};

const charactersOf = (policy: unknown): number => JSON.stringify(policy).length;

const named = (resources: Readonly<Record<string, Resource>>, pattern: RegExp) =>
  Object.entries(resources).filter(([id]) => pattern.test(id));

/** The topics and groups that policies name. */
const namesIn = (policies: readonly Policy[], kind: 'topic' | 'group'): readonly string[] => {
  const head = `${CLUSTER_ARN.replace(':cluster/', `:${kind}/`)}/`;
  return policies
    .flatMap(({ Statement }) => Statement.flatMap(({ Resource: resource }) => resource))
    .filter((each) => each.startsWith(head))
    .map((each) => each.slice(head.length));
};

describe('the rights to topics', () => {
  it('stand in the role, as long as it has room for them', () => {
    const resources = resourcesOf({ trigger: { topics: topicsOf(20) } });
    expect(named(resources, /Policy\d/)).toEqual([]);
    expect(resources['KinesisSinkRole']?.Properties.ManagedPolicyArns).toBeUndefined();
  });

  it.each([31, 60, 100])(
    'of %i topics fit into the policies of a role, and name each topic and group once',
    (count) => {
      const topics = topicsOf(count);
      const resources = resourcesOf({ trigger: { topics } }, { withKinesis: false });
      const role = resources['DocumentdbSinkRole']?.Properties;
      expect(charactersOf(role?.Policies?.[0]?.PolicyDocument)).toBeLessThanOrEqual(10_240);
      const policies = named(resources, /^DocumentdbSinkTopicsPolicy\d+$/);
      expect(policies.length).toBeGreaterThan(1);
      expect(role?.ManagedPolicyArns).toEqual(policies.map(([id]) => ({ Ref: id })));
      for (const [, { Type }] of policies) expect(Type).toBe('AWS::IAM::ManagedPolicy');
      const documents = policies.map(([, { Properties }]) => Properties.PolicyDocument);
      for (const document of documents) expect(charactersOf(document)).toBeLessThanOrEqual(6_144);
      expect(namesIn(documents, 'topic')).toEqual(topics);
      expect(namesIn(documents, 'group')).toEqual(topics.map((topic) => `msk-sinks-prod-documentdbSink-${topic}`));
    },
  );

  it('of more topics than ten policies have room for are refused', () => {
    const cluster = { arn: CLUSTER_ARN.replace('orders-dev', 'o'.repeat(64)) };
    const trigger = { topics: topicsOf(100, 185), consumerGroupId: '{function}-{topic}' };
    const documentdbSink = { collection: 'orders' };
    expect(() => resourcesOf({ cluster, trigger, documentdbSink }, { withKinesis: false })).toThrow(
      /DocumentdbSinkRole needs \d\d policies for its topics, and IAM attaches 10 to a role/,
    );
  });
});

describe('a stack', () => {
  it('with more resources than CloudFormation allows is refused, with the remedy', () => {
    expect(() => resourcesOf({ trigger: { topics: topicsOf(60) }, alarms: ALARMS })).toThrow(
      /the stack has \d{3} resources with 120 mappings, and CloudFormation allows 500: divide the topics/,
    );
    expect(Object.keys(resourcesOf({ trigger: { topics: topicsOf(60) } })).length).toBeLessThan(200);
  });

  it('with more outputs than CloudFormation allows is refused', () => {
    expect(() => resourcesOf({ trigger: { topics: topicsOf(99) } })).toThrow(
      /the stack has \d{3} outputs with 198 mappings, and CloudFormation allows 200/,
    );
  });

  it('has alarms whose rules are as long as CloudWatch allows', () => {
    const resources = resourcesOf({ trigger: { topics: topicsOf(45, 60) }, alarms: ALARMS });
    const rules = Object.values(resources).flatMap(({ Properties: { AlarmRule: rule } }) => rule ?? []);
    expect(rules).toHaveLength(2);
    for (const rule of rules) {
      expect(rule.length).toBeLessThanOrEqual(10_240);
      expect(rule).toMatch(/^ALARM\("[^"]+-RecordsBlocked"\) OR \(\(ALARM.+\) AND \(ALARM.+\)\)$/);
    }
  });
});

describe('the quota of a stack', () => {
  const aFunction = (environment: Readonly<Record<string, string>> = {}) => ({
    name: 'sink',
    environment,
    mappings: [1],
  });
  const ofStage = (...functions: readonly unknown[]) => ({ stage: 'prod', functions }) as unknown as Deployment;
  const resources = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, { Type: 'T' }]));
  /** Of so many characters as JSON, with the empty outputs. */
  const characters = (count: number) => ({
    R: { text: 'x'.repeat(count - '{"resources":{"R":{"text":""}},"outputs":{}}'.length) },
  });
  const role = (count: number) => ({
    Role: { Properties: { ManagedPolicyArns: Array.from({ length: count }, () => ({ Ref: 'P' })) } },
  });

  it.each([
    ['500 resources, of which the framework adds 2', ofStage(), resources(498), {}],
    ['500 resources, of which the framework adds 2 for a function', ofStage(aFunction()), resources(496), {}],
    ['200 outputs, of which the framework adds 1', ofStage(), {}, resources(199)],
    ['200 outputs, of which the framework adds 1 for a function', ofStage(aFunction()), {}, resources(198)],
    ['1,000,000 characters', ofStage(), characters(1_000_000), {}],
    ['10 policies of a role', ofStage(), role(10), {}],
    ['4,096 bytes in an environment', ofStage(aFunction({ NAME: 'é'.repeat(2_046) })), {}, {}],
  ])('allows %s', (_what, deployment, own, outputs) => {
    expect(() => checkQuotas(deployment, own, outputs)).not.toThrow();
  });

  it.each([
    ['501 resources with 0 mappings, and CloudFormation allows 500', ofStage(), resources(499), {}],
    ['501 resources with 1 mappings, and CloudFormation allows 500', ofStage(aFunction()), resources(497), {}],
    ['201 outputs with 0 mappings, and CloudFormation allows 200', ofStage(), {}, resources(200)],
    ['201 outputs with 1 mappings, and CloudFormation allows 200', ofStage(aFunction()), {}, resources(199)],
    ['1000001 characters with 0 mappings, and CloudFormation allows 1000000', ofStage(), characters(1_000_001), {}],
    ['Role needs 11 policies for its topics, and IAM attaches 10', ofStage(), role(11), {}],
    ['4097 bytes, and Lambda allows 4096', ofStage(aFunction({ NAMES: 'é'.repeat(2_046) })), {}, {}],
  ])('refuses %s, and names the stage file', (words, deployment, own, outputs) => {
    const check = () => checkQuotas(deployment, own, outputs);
    expect(check).toThrow(words);
    expect(check).toThrow('config/prod.yml');
  });
});
