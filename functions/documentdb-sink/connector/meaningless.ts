import type { Connector, Meaningless } from './file/connector.ts';
import { DEFAULTS } from './file/properties-table.ts';
import type { Reading } from './file/read-entry.ts';
import { whyIdle } from './idle.ts';
import type { TopicProperties } from './topic-properties.ts';

type Properties = Pick<Connector, 'properties' | 'propertiesByTopic'>;

/** Settings without an effect: those that have no meaning here, and those that other properties make ineffective. */
export const meaninglessAmong = (readings: readonly Reading[], connector: Properties): readonly Meaningless[] =>
  readings.flatMap(({ property: { support, remark }, name, topic, value, entry }) => {
    if (isAsByDefault(name, value)) return []; // the value equals the default
    if (support.kind === 'meaningless') return [{ name: entry.name, reason: support.reason }];
    const why = whyIdle(name, propertiesOf(connector, topic)) ?? remark;
    return why === undefined ? [] : [{ name: entry.name, reason: why }];
  });

export const isAsByDefault = (name: string, value: string): boolean =>
  value.toLowerCase() === (DEFAULTS.get(name) ?? '').toLowerCase();

export const propertiesOf = ({ properties, propertiesByTopic }: Properties, topic: string | undefined) =>
  topic === undefined ? properties : (propertiesByTopic(topic) satisfies TopicProperties);
