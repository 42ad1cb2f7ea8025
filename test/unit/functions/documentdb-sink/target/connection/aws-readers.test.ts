import { describe, expect, it } from 'vitest';
import { regionOf } from '../../../../../../functions/documentdb-sink/target/connection/aws-readers.ts';

describe('a secret or a parameter', () => {
  it.each([
    ['arn:aws:secretsmanager:us-east-1:111111111111:secret:docdb-AbCdEf', 'us-east-1'],
    ['arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:a/b-AbCdEf', 'cn-north-1'],
    ['arn:aws:ssm:us-east-1:111111111111:parameter/docdb/host:3', 'us-east-1'],
    ['docdb', undefined],
    ['/prod/docdb', undefined],
  ])('%s is read in the region of its ARN: %s', (name, region) => {
    expect(regionOf(name)).toBe(region);
  });
});
