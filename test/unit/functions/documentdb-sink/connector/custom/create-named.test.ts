import { describe, expect, it } from 'vitest';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { createIdStrategy } from '../../../../../../functions/documentdb-sink/connector/id-strategies/create-id-strategy.ts';
import { createPostProcessors } from '../../../../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { createWriteModelStrategy } from '../../../../../../functions/documentdb-sink/connector/write-models/create-write-model-strategy.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

const document = sinkDocument('{tenant: "t1"}', '{number: 7}');

describe('a custom strategy', () => {
  it("replaces the connector's by its name, and reads the topic's properties", () => {
    const custom = {
      ...CUSTOM_STRATEGIES,
      idStrategies: new Map([['custom.Tenant', () => () => document.key()?.get('tenant')]]),
      postProcessors: new Map([
        [
          'custom.Stamp',
          () =>
            (...[sink]: Parameters<ReturnType<typeof createPostProcessors>[number]>) => {
              sink.value()?.set('stamp', 1);
            },
        ],
      ]),
      writeModelStrategies: new Map([
        [
          'custom.Insert',
          (properties: ReturnType<typeof topicProperties>) => () => ({
            kind: 'insertOne' as const,
            document: new Map([['database', properties.text('database')]]),
          }),
        ],
      ]),
    };
    const properties = topicProperties({
      'document.id.strategy': 'custom.Tenant',
      'post.processor.chain': 'custom.Stamp',
      'writemodel.strategy': 'custom.Insert',
      database: 'shop',
    });
    const idStrategy = createIdStrategy(properties, custom);
    for (const process of createPostProcessors(properties, idStrategy, custom)) process(document, aRecord());
    expect([...(document.value() ?? [])]).toEqual([
      ['number', 7],
      ['_id', 't1'],
      ['stamp', 1],
    ]);
    expect(createWriteModelStrategy(properties, idStrategy, custom)(document, aRecord(), 0)).toEqual({
      kind: 'insertOne',
      document: new Map([['database', 'shop']]),
    });
  });

  it("makes only its record poison when it throws, and the error's message is never quoted", () => {
    const failing = () => {
      throw new RangeError('of a secret');
    };
    const custom = { ...CUSTOM_STRATEGIES, idStrategies: new Map([['custom.Failing', () => failing]]) };
    const generate = createIdStrategy(topicProperties({ 'document.id.strategy': 'custom.Failing' }), custom);
    expect(() => generate(document, aRecord())).toThrow(
      new UnwritableError('the custom strategy custom.Failing failed: RangeError'),
    );
  });
});
