import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const outputs = templateParts('msk-sinks', 'dev', aStageFile({ trigger: { topics: ['orders', 'returns'] } })).resources
  .Outputs;

describe('the outputs', () => {
  it('are the bucket, the roles that others trust, and every mapping', () => {
    expect(outputs).toMatchObject({
      DeadLetterBucketName: { Value: { Ref: 'DeadLetterBucket' } },
      KinesisSinkRoleArn: { Value: { 'Fn::GetAtt': ['KinesisSinkRole', 'Arn'] } },
      KinesisSinkMappingOrdersUuid: { Value: { Ref: 'KinesisSinkMappingOrders' } },
      KinesisSinkMappingReturnsUuid: { Value: { Ref: 'KinesisSinkMappingReturns' } },
      DocumentdbSinkRoleArn: { Value: { 'Fn::GetAtt': ['DocumentdbSinkRole', 'Arn'] } },
      DocumentdbSinkMappingOrdersUuid: { Value: { Ref: 'DocumentdbSinkMappingOrders' } },
      DocumentdbSinkMappingReturnsUuid: { Value: { Ref: 'DocumentdbSinkMappingReturns' } },
    });
    expect(Object.keys(outputs)).toHaveLength(7);
  });

  it('describe themselves, a mapping with its topic and group', () => {
    expect(outputs['KinesisSinkMappingReturnsUuid']).toHaveProperty(
      'Description',
      'The mapping from returns to kinesisSink, consumer group msk-sinks-dev-kinesisSink-returns',
    );
  });
});
