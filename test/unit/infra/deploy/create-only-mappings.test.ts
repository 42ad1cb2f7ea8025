import { describe, expect, it } from 'vitest';
import { createOnlyChanges } from '../../../../infra/deploy/create-only-changes.ts';
import { CLUSTER_ARN } from '../../../support/a-stage-file.ts';
import { between, ofBoth, ofKinesis } from '../../../support/template-changes.ts';

const OTHER_CLUSTER_ARN = CLUSTER_ARN.replaceAll('1111-2222', '9999-2222');

const VPC_CONNECTION_ARN = 'arn:aws:kafka:eu-west-1:111111111111:vpc-connection/222222222222/orders/11111111-2222';

describe('a topic', () => {
  it('that is no longer listed: Lambda stops reading it, and its offsets stay for a while', () => {
    expect(between({ trigger: { topics: ['orders', 'returns'] } }, {})).toEqual({
      refusals: [],
      notices: [
        'KinesisSinkMappingReturns: removed. Lambda stops reading topic returns. Consumer group msk-sinks-dev-kinesisSink-returns keeps its committed offsets until Kafka expires them (after 7 days by default); a new mapping with this group continues there.',
      ],
    });
  });

  it('that is new: it is read from the committed offsets of its group, or from the start that is configured', () => {
    expect(between({}, { trigger: { topics: ['orders', 'returns'] } })).toEqual({
      refusals: [],
      notices: [
        'KinesisSinkMappingReturns: new. Consumer group msk-sinks-dev-kinesisSink-returns continues at its committed offsets in topic returns; without committed offsets it starts at the oldest record in Kafka (TRIM_HORIZON) and reads again the records that another group has read.',
      ],
    });
  });

  it('that a second function begins to read is its own affair: each function has a mapping of its own', () => {
    expect(createOnlyChanges(ofKinesis(), ofBoth())).toEqual({
      refusals: [],
      notices: [expect.stringMatching(/^DocumentdbSinkMappingOrders: new\. /)],
    });
  });

  it('in place of another is both', () => {
    const { refusals, notices } = between({}, { trigger: { topics: ['returns'] } });
    expect(refusals).toEqual([]);
    expect(notices).toEqual([
      expect.stringMatching(/^KinesisSinkMappingReturns: new\. /),
      expect.stringMatching(/^KinesisSinkMappingOrders: removed\. /),
    ]);
  });

  it('in place of another in the same consumer group is refused: both mappings would exist at once', () => {
    const consumerGroupId = 'orders-consumer';
    const { refusals } = between(
      { trigger: { consumerGroupId } },
      { trigger: { consumerGroupId, topics: ['returns'] } },
    );
    expect(refusals).toEqual([
      'KinesisSinkMappingReturns: new. CloudFormation would create it while KinesisSinkMappingOrders still exists, and Lambda refuses two mappings with the same consumer group orders-consumer. Choose another trigger.consumerGroupId to create it in one deployment.',
    ]);
  });

  it('of a function that is left out is removed', () => {
    expect(createOnlyChanges(ofBoth(), ofKinesis()).notices).toEqual([
      expect.stringMatching(/^DocumentdbSinkMappingOrders: removed\. Lambda stops reading topic orders\. /),
    ]);
  });

  it('that another resource of the stack reads for the same function is refused', () => {
    const renamed = JSON.parse(JSON.stringify(ofKinesis()).replaceAll('KinesisSinkMappingOrders', 'OldName'));
    expect(createOnlyChanges(renamed, ofKinesis()).refusals).toEqual([
      'KinesisSinkMappingOrders: new. CloudFormation would create it while OldName still exists, and Lambda refuses two mappings with the same function, cluster and topic.',
    ]);
  });

  it('of a mapping that keeps its name is refused: Lambda would go on reading the old one', () => {
    const other = JSON.parse(JSON.stringify(ofKinesis()).replaceAll('["orders"]', '["returns"]'));
    expect(createOnlyChanges(ofKinesis(), other).refusals).toEqual([
      'KinesisSinkMappingOrders: trigger.topics ["orders"] -> ["returns"]. Lambda cannot change this on an existing mapping, so the deployment would have no effect.',
    ]);
  });
});

describe('where a mapping starts', () => {
  const refusal = (change: string) =>
    `KinesisSinkMappingOrders: replaced, ${change}. CloudFormation would create it while KinesisSinkMappingOrders still exists, and Lambda refuses two mappings with the same function, cluster and topic. Kafka ignores the start for a group with committed offsets: restore the old start, or also choose a new trigger.consumerGroupId.`;

  it('cannot be changed while the mapping is there', () => {
    expect(between({}, { trigger: { startingPosition: 'LATEST' } })).toEqual({
      refusals: [refusal('trigger.startingPosition TRIM_HORIZON -> LATEST')],
      notices: [],
    });
  });

  it('nor can the time it starts at', () => {
    const at = (startingTimestamp: string) => ({ trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp } });
    expect(between(at('2026-11-01T00:00:00Z'), at('2026-11-02T10:30:00Z')).refusals).toEqual([
      refusal('trigger.startingTimestamp 2026-11-01T00:00:00Z -> 2026-11-02T10:30:00Z'),
    ]);
  });

  it('nor both: each is named, what was not set included', () => {
    const after = { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-11-01T00:00:00Z' } };
    expect(between({}, after).refusals).toEqual([
      refusal(
        'trigger.startingPosition TRIM_HORIZON -> AT_TIMESTAMP, trigger.startingTimestamp unset -> 2026-11-01T00:00:00Z',
      ),
    ]);
  });

  it('is refused together with a new group too: the topic alone makes Lambda refuse the second mapping', () => {
    const after = { trigger: { startingPosition: 'LATEST', consumerGroupId: 'again-{topic}' } };
    expect(between({}, after).refusals).toEqual([
      'KinesisSinkMappingOrders: replaced, trigger.startingPosition TRIM_HORIZON -> LATEST, trigger.consumerGroupId msk-sinks-dev-kinesisSink-orders -> again-orders. CloudFormation would create it while KinesisSinkMappingOrders still exists, and Lambda refuses two mappings with the same function, cluster and topic. Consumer group again-orders continues at its committed offsets in topic orders; without committed offsets it starts at the newest record (LATEST) and skips all records produced before the mapping runs.',
    ]);
  });
});

describe('a consumer group cannot be changed on a mapping, and where the new one would begin is said', () => {
  const refusal = (beginning: string) =>
    `KinesisSinkMappingOrders: trigger.consumerGroupId msk-sinks-dev-kinesisSink-orders -> again-orders. Lambda cannot change this on an existing mapping, so the deployment would have no effect. Consumer group again-orders continues at its committed offsets in topic orders; without committed offsets it starts ${beginning}.`;

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'TRIM_HORIZON',
      {},
      'at the oldest record in Kafka (TRIM_HORIZON) and reads again the records that another group has read',
    ],
    [
      'LATEST',
      { startingPosition: 'LATEST' },
      'at the newest record (LATEST) and skips all records produced before the mapping runs',
    ],
    [
      'AT_TIMESTAMP',
      { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-11-01T00:00:00Z' },
      'at 2026-11-01T00:00:00Z (AT_TIMESTAMP), skips older records and reads again the newer ones that another group has read',
    ],
  ])('%s', (_, start, beginning) => {
    const after = { trigger: { ...start, consumerGroupId: 'again-{topic}' } };
    expect(between({ trigger: start }, after)).toEqual({ refusals: [refusal(beginning)], notices: [] });
  });
});

describe('another cluster', () => {
  it('with the same group is refused: a group belongs to one mapping', () => {
    expect(between({}, { cluster: { arn: OTHER_CLUSTER_ARN } })).toEqual({
      refusals: [
        `KinesisSinkMappingOrders: replaced, cluster.arn (or vpcConnectionArn) ${CLUSTER_ARN} -> ${OTHER_CLUSTER_ARN}. CloudFormation would create it while KinesisSinkMappingOrders still exists, and Lambda refuses two mappings with the same consumer group msk-sinks-dev-kinesisSink-orders. Choose another trigger.consumerGroupId to create it in one deployment.`,
      ],
      notices: [],
    });
  });

  it('with another group is a new mapping, then the end of the old one', () => {
    const after = { cluster: { arn: OTHER_CLUSTER_ARN }, trigger: { consumerGroupId: 'again-{topic}' } };
    expect(between({}, after)).toEqual({
      refusals: [],
      notices: [
        `KinesisSinkMappingOrders: replaced, cluster.arn (or vpcConnectionArn) ${CLUSTER_ARN} -> ${OTHER_CLUSTER_ARN}, trigger.consumerGroupId msk-sinks-dev-kinesisSink-orders -> again-orders. CloudFormation creates the new mapping, then deletes the old one. Consumer group again-orders continues at its committed offsets in topic orders; without committed offsets it starts at the oldest record in Kafka (TRIM_HORIZON) and reads again the records that another group has read.`,
      ],
    });
  });

  it('is what a connection to the same cluster is, too', () => {
    expect(between({}, { cluster: { vpcConnectionArn: VPC_CONNECTION_ARN } }).refusals).toEqual([
      expect.stringContaining(`${CLUSTER_ARN} -> ${VPC_CONNECTION_ARN}`),
    ]);
  });
});
