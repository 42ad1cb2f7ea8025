export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

export const allow = (actions: readonly string[], resource: unknown): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});

export const policyDocumentOf = (statements: readonly Statement[]): object => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** At least the number that IAM counts: white space does not count, and `Fn::Sub` is longer than what it stands for. */
export const charactersOf = (statements: readonly Statement[]): number =>
  JSON.stringify(policyDocumentOf(statements)).length;

/** The ARN of a topic or a consumer group. https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html */
export const inCluster = (clusterArn: string, kind: 'topic' | 'group', name: string): string =>
  `${clusterArn.replace(':cluster/', `:${kind}/`)}/${name}`;
