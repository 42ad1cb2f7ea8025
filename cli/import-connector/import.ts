import type { SinkName } from '../../infra/sinks.ts';

/** A setting's place in a stage file: `['cluster', 'arn']`. */
export type SettingPath = readonly string[];

/** The value of a setting that the source does not tell. Every schema refuses it, so that packaging names the setting. */
export const FILL_IN = 'FILL_IN';

export interface Gap {
  readonly path: SettingPath;
  /** What belongs there, and where to find it. */
  readonly what: string;
  readonly isList?: boolean;
}

/** What a source says, and what is made of it. Nothing is guessed: what is not known is a gap. */
export interface Import {
  /** `the connector file`, `the doka configuration` */
  readonly source: string;
  readonly settings: readonly { readonly path: SettingPath; readonly value: unknown; readonly from: string }[];
  readonly gaps: readonly Gap[];
  /** What behaves otherwise than before, and why. */
  readonly changes: readonly string[];
  /** What the source says and nothing here needs. */
  readonly notTaken: readonly string[];
  /** Commands, in their order. */
  readonly next: readonly string[];
}

export const ACCOUNT_GAP: Gap = { path: ['accountId'], what: "the functions' AWS account, in quotes" };
export const CLUSTER_GAP: Gap = {
  path: ['cluster', 'arn'],
  what: 'the MSK cluster: aws kafka list-clusters-v2 --query "ClusterInfoList[].ClusterArn"',
};
export const REGION_GAP: Gap = { path: ['region'], what: "the functions' AWS region" };

/** What the address of an MSK broker tells. https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html */
export function brokersTell(bootstrapServers: string): {
  readonly region: string | undefined;
  readonly authentication: 'iam' | 'saslScram512' | undefined;
} {
  const [, region] = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.(?:com|eu)/.exec(bootstrapServers) ?? [];
  const [, port = ''] = /:(\d+)\s*(?:,|$)/.exec(bootstrapServers) ?? [];
  return { region, authentication: PORTS[port] };
}

/** What must be written, or decided, because of how the pollers authenticate. */
export function authenticationGaps(authentication: unknown): Pick<Import, 'gaps' | 'changes'> {
  if (authentication === 'iam') return { gaps: [], changes: [] };
  if (authentication === 'saslScram512') {
    return {
      gaps: [{ path: ['cluster', 'secretArn'], what: "the secret with the pollers' user name and password" }],
      changes: [],
    };
  }
  return {
    gaps: [],
    changes: [
      'the source does not tell how pollers can authenticate: cluster.authentication is iam unless you write another; the cluster must allow it',
    ],
  };
}

/**
 * The commands that copy the offsets of the group to the mappings: first what would be copied, then the copy. Without the copy the
 * mappings begin at their starting position, and write every record of the topic again.
 */
export function handoverSteps(
  { stage, sink, group }: { readonly stage: string; readonly sink: SinkName; readonly group: string },
  authentication: unknown,
): readonly string[] {
  const login = authentication === 'iam' ? ' --login iam' : authentication === 'saslScram512' ? ' --login scram' : '';
  const command = `npm run handover -- --stage ${stage} --function ${sink} --from-group ${quoted(group)} --bootstrap HOST:PORT,..${login}`;
  return [`${command} --dry-run`, command];
}

/** A text as one word of a shell. */
const quoted = (text: string): string =>
  /^[\w.@:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const PORTS: Readonly<Record<string, 'iam' | 'saslScram512'>> = {
  9098: 'iam',
  9198: 'iam',
  9096: 'saslScram512',
  9196: 'saslScram512',
};
