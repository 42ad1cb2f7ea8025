import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { aConnectorText } from '../../../support/a-connector.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../support/builders.ts';

const MIGRATING = readFileSync(join(import.meta.dirname, '../../../../docs/migrating.md'), 'utf8');
const [, line = ''] = /^echo '(.+)' >>/m.exec(MIGRATING) ?? [];

describe('a replay on purpose, as docs/migrating.md has it', () => {
  const at = (offset: number) =>
    aRecord({ topic: 'orders', offset, key: 'k', value: JSON.stringify({ state: `of ${offset}` }) });

  it('writes older records again, and then takes a redelivery for one', async () => {
    const before = aDocumentdbSink();
    expect((await before.write([at(7)])).map(inWords)).toEqual(['written']);
    expect((await before.write([at(3)])).map(inWords)).toEqual(['ignored stale']);
    const { epochs } = readConnector(`${aConnectorText()}\n${line}`, { where: 'orders.properties' });
    const after = aDocumentdbSink({ documents: before.store, epochs });
    expect((await after.write([at(3)])).map(inWords)).toEqual(['written']);
    expect((await after.write([at(7)])).map(inWords)).toEqual(['written']);
    expect((await after.write([at(3)])).map(inWords)).toEqual(['ignored stale']);
  });
});
