import type { RecordFailure } from '../../../../shared/outcome.ts';
import type { Payload } from '../../../../shared/record.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { Side } from '../transforms/connect-record.ts';
import type { SchemaAndValue } from '../transforms/data/to-document.ts';
import { UnpreparedError } from './errors.ts';
import type { SchemaStore } from './schema-store.ts';
import type { Framed, WireFormat } from './wire-format.ts';

/** A converter whose schemas a registry keeps. */
export interface RegistryConverter {
  /** The schema that a payload names; undefined where it names none. */
  readonly idOf: (payload: Payload | null) => string | undefined;
  readonly store: Pick<SchemaStore, 'prepare'>;
  /** Why the payload cannot be read yet. */
  readonly obstacleTo: (payload: Payload | null) => RecordFailure | undefined;
  /**
   * @throws UnwritableError when it cannot be converted, UnpreparedError when its schema is not there
   */
  readonly convert: (payload: Payload | null) => SchemaAndValue;
}

const NOTHING: SchemaAndValue = { schema: undefined, value: null };

export function createRegistryConverter(side: Side, format: WireFormat, store: SchemaStore): RegistryConverter {
  const framedOf = (payload: Payload | null): Framed | undefined => {
    if (payload === null) return undefined;
    const bytes = payload.bytes();
    return format(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };

  function read(framed: Framed | undefined): SchemaAndValue {
    if (framed === undefined)
      throw new UnconvertibleError('the value does not begin as the serializer of its converter writes it');
    const known = store.get(framed.id);
    switch (known.kind) {
      case 'readable':
        return known.read(framed.content());
      case 'unreadable':
        throw new UnconvertibleError(known.detail);
      case 'unknown':
        throw new UnconvertibleError('the schema registry has no schema with the id of the value');
      case 'unavailable':
        throw new UnpreparedError(known.failure);
    }
  }

  return {
    store,
    idOf: (payload) => framedOf(payload)?.id,
    obstacleTo(payload) {
      const framed = framedOf(payload);
      const known = framed && store.get(framed.id);
      return known?.kind === 'unavailable' ? known.failure : undefined;
    },
    convert(payload) {
      if (payload === null) return NOTHING;
      try {
        return read(framedOf(payload));
      } catch (error) {
        if (!(error instanceof UnconvertibleError || error instanceof UnwritableError)) throw error;
        throw new UnwritableError(`Could not convert ${side}: ${error.message.replace(/^the value/, `the ${side}`)}`);
      }
    },
  };
}
