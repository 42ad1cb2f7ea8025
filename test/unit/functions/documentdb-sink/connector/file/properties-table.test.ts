import { describe, expect, it } from 'vitest';
import { createCdcHandler } from '../../../../../../functions/documentdb-sink/connector/cdc/create-cdc-handler.ts';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import {
  CDC_HANDLERS,
  ID_STRATEGIES,
  NAMESPACE_MAPPERS,
  POST_PROCESSORS,
  WRITE_MODEL_STRATEGIES,
} from '../../../../../../functions/documentdb-sink/connector/file/class-names.ts';
import {
  DEFAULTS,
  PROPERTIES,
  propertyOf,
} from '../../../../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { createIdStrategy } from '../../../../../../functions/documentdb-sink/connector/id-strategies/create-id-strategy.ts';
import { createNamespaceMapper } from '../../../../../../functions/documentdb-sink/connector/namespace-mapper.ts';
import { createPostProcessors } from '../../../../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { TopicProperties } from '../../../../../../functions/documentdb-sink/connector/topic-properties.ts';
import { createWriteModelStrategy } from '../../../../../../functions/documentdb-sink/connector/write-models/create-write-model-strategy.ts';

const propertiesWith = (values: object) => new TopicProperties(new Map([...DEFAULTS, ...Object.entries(values)]));

describe('the table of properties', () => {
  it('names each once', () => {
    const names = PROPERTIES.map(({ name, family }) => `${name}${family ? '*' : ''}`);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(
    PROPERTIES.filter(({ default: fallback }) => fallback !== null && fallback !== '').map(
      (each) => [each.name, each] as const,
    ),
  )('takes the default of %s', (_name, { form, default: fallback }) => expect(form.accepts(fallback ?? '')).toBe(true));

  it('knows a family by its names, and prefers a name of its own', () => {
    expect(propertyOf('consumer.override.max.poll.records')?.support.kind).toBe('meaningless');
    expect(propertyOf('consumer.override.')).toBeUndefined();
    expect(propertyOf('config.providers')?.family).toBe(false);
  });
});

describe('every class the table takes has an implementation', () => {
  const required = {
    'key.projection.type': 'allowlist',
    'value.projection.type': 'allowlist',
    'field.value.transformer': 'custom.UpperCase',
    'timeseries.timefield': 'ts',
  };
  const idStrategy = () => 1;

  it.each(ID_STRATEGIES)('%s', (name) => {
    expect(createIdStrategy(propertiesWith({ ...required, 'document.id.strategy': name }))).toBeTypeOf('function');
  });
  it.each(POST_PROCESSORS)('%s', (name) => {
    const properties = propertiesWith({ ...required, 'post.processor.chain': name });
    expect(createPostProcessors(properties, idStrategy).length).toBeGreaterThan(0);
  });
  it.each(WRITE_MODEL_STRATEGIES)('%s', (name) => {
    expect(createWriteModelStrategy(propertiesWith({ 'writemodel.strategy': name }), idStrategy)).toBeTypeOf(
      'function',
    );
  });
  it.each(CDC_HANDLERS)('%s', (name) => {
    expect(createCdcHandler(propertiesWith({ 'change.data.capture.handler': name }))).toBeTypeOf('function');
  });
  it.each(NAMESPACE_MAPPERS)('%s', (name) => {
    expect(createNamespaceMapper(propertiesWith({ 'namespace.mapper': name }), CUSTOM_STRATEGIES)).toBeTypeOf(
      'function',
    );
  });
});
