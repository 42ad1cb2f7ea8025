import { anyText, choice, flag } from '../../file/forms.ts';
import type { Form } from '../../file/property.ts';
import { optional, type TransformProperty, type TransformSettings } from '../transform-settings.ts';
import type { DroppedFields } from './dropped-fields.ts';
import { type FieldReference, fieldReferences } from './field-reference.ts';

const MODES = ['drop', 'tombstone', 'rewrite', 'rewrite-with-tombstone', 'delete-to-tombstone'] as const;
type Mode = (typeof MODES)[number];

export interface UnwrapSettings {
  readonly mode: Mode;
  readonly replacesNulls: boolean;
  readonly addedFields: readonly FieldReference[];
  readonly addedHeaders: readonly FieldReference[];
  /** Empty if the topic stays unchanged. */
  readonly routeByField: string;
  /** Undefined if no header lists fields to drop. */
  readonly droppedFields: DroppedFields | undefined;
}

export function unwrapSettings(settings: TransformSettings): UnwrapSettings {
  const header = settings.text('drop.fields.header.name');
  const droppedFields = {
    header,
    alsoFromKey: settings.flag('drop.fields.from.key'),
    keepsSchemas: settings.flag('drop.fields.keep.schema.compatible'),
  };
  return {
    mode: MODES.find((mode) => mode === settings.text('delete.tombstone.handling.mode').toLowerCase()) ?? 'tombstone',
    replacesNulls: settings.flag('replace.null.with.default'),
    addedFields: fieldReferences(settings.text('add.fields.prefix'), settings.text('add.fields')),
    addedHeaders: fieldReferences(settings.text('add.headers.prefix'), settings.text('add.headers')),
    routeByField: settings.text('route.by.field'),
    droppedFields: header === '' ? undefined : droppedFields,
  };
}

const references: Form = {
  text: 'fields of the event, separated by commas: `op`, `source.ts_ms`, or `field:newName`',
  accepts: (value) => value.split(',').every((name) => name.trim().replace(/:+$/, '').split(':').length <= 2),
};

export const UNWRAP_PROPERTIES: readonly TransformProperty[] = [
  optional('delete.tombstone.handling.mode', choice(...MODES), 'tombstone'),
  optional('replace.null.with.default', flag, 'true'),
  optional('add.fields', references, ''),
  optional('add.fields.prefix', anyText, '__'),
  optional('add.headers', references, ''),
  optional('add.headers.prefix', anyText, '__'),
  optional('route.by.field', anyText, ''),
  optional('drop.fields.header.name', anyText, ''),
  optional('drop.fields.from.key', flag, 'false'),
  optional('drop.fields.keep.schema.compatible', flag, 'true'),
];

const REPLACED = 'Debezium 3 reads delete.tombstone.handling.mode instead';

export const OBSOLETE: ReadonlyMap<string, string> = new Map([
  ['drop.tombstones', REPLACED],
  ['delete.handling.mode', REPLACED],
]);
