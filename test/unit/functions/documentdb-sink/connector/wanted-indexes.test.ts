import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { indexText, wantedIndexes } from '../../../../../functions/documentdb-sink/connector/wanted-indexes.ts';

const F08 = readFileSync('test/fixtures/connector-files/F08-business-key-without-index.properties', 'utf8');
const PARTIAL = 'document.id.strategy.partial.value.projection';
const wanted = (text: string) => wantedIndexes(readConnector(text, { where: 'test' })).map(indexText);
const COMMAND = 'topic orders: db.getSiblingDB("shop").getCollection("orders").createIndex';
const UNLISTED =
  'topic orders: create a unique index on exactly the fields of the business key, which the file does not list';

describe('the indexes that business keys need', () => {
  it.each([
    ['the fields of an allow list', '', [`${COMMAND}({ "id": 1 }, { unique: true })`]],
    [
      'leaves alone where a document and what is in it are listed',
      `${PARTIAL}.list=id,at,at.region`,
      [`${COMMAND}({ "id": 1, "at.region": 1 }, { unique: true })`],
    ],
    ['no names where a list takes any', `${PARTIAL}.list=id,*`, [UNLISTED]],
    ['no names where a list leaves out', `${PARTIAL}.type=BlockList`, [UNLISTED]],
    [
      'the projection of the chain where the strategy has none of its own',
      `${PARTIAL}.type=\n${PARTIAL}.list=\nvalue.projection.type=whitelist\nvalue.projection.list=sku`,
      [`${COMMAND}({ "sku": 1 }, { unique: true })`],
    ],
    [
      'no names where the strategy takes no part',
      'document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.ProvidedInValueStrategy',
      [UNLISTED],
    ],
    [
      'no index where events say what is written',
      'change.data.capture.handler=com.mongodb.kafka.connect.sink.cdc.debezium.mongodb.MongoDbHandler',
      [],
    ],
    [
      'no index where _id is the key',
      'writemodel.strategy=com.mongodb.kafka.connect.sink.writemodel.strategy.ReplaceOneDefaultStrategy',
      [],
    ],
  ])('are found for %s', (_name, property, expected) => {
    expect(wanted(`${F08}\n${property}\n`)).toEqual(expected);
  });

  it("are one for each topic, in the topic's own collection", () => {
    const text = F08.replace('topics=orders', 'topics=orders,returns').concat(
      '\ntopic.override.returns.collection=back\n',
    );
    expect(wanted(text)).toEqual([
      `${COMMAND}({ "id": 1 }, { unique: true })`,
      'topic returns: db.getSiblingDB("shop").getCollection("back").createIndex({ "id": 1 }, { unique: true })',
    ]);
  });
});
