import { describe, expect, it } from 'vitest';
import { regionOfSecret } from '../../../../../../functions/documentdb-sink/target/connection/aws-readers.ts';

describe('a secret', () => {
  it.each([
    ['arn:aws:secretsmanager:us-east-1:111111111111:secret:docdb-AbCdEf', 'us-east-1'],
    ['arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:a/b-AbCdEf', 'cn-north-1'],
    ['docdb', undefined],
    ['/prod/docdb', undefined],
  ])('%s is read in the region of its ARN: %s', (name, region) => {
    expect(regionOfSecret(name)).toBe(region);
  });
});
