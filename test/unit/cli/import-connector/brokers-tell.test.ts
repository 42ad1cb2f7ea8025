import { describe, expect, it } from 'vitest';
import { brokersTell } from '../../../../cli/import-connector/import.ts';

describe('the address of a broker', () => {
  it.each([
    ['b-1.orders.a1bcde.c2.kafka.eu-west-1.amazonaws.com:9098', 'eu-west-1', 'iam'],
    ['boot-a1b2.c3.kafka-serverless.us-east-1.amazonaws.com:9098', 'us-east-1', 'iam'],
    ['b-1.orders.a1bcde.c2.kafka.cn-north-1.amazonaws.com.cn:9096', 'cn-north-1', 'saslScram512'],
    ['b-1.orders.a1bcde.c2.kafka.eusc-de-east-1.amazonaws.eu:9098', 'eusc-de-east-1', 'iam'],
    ['kafka.example:9092', undefined, undefined],
  ])('tells the region and how to log in: %s', (brokers, region, authentication) => {
    expect(brokersTell(brokers)).toEqual({ region, authentication });
  });
});
