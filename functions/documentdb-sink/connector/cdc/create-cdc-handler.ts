import { createNamed } from '../custom/create-named.ts';
import type { Create, CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { CdcHandler } from './cdc-handler.ts';
import { debeziumChangeStreamHandler, debeziumOplogHandler } from './debezium-mongodb.ts';
import { debeziumRdbmsHandler } from './debezium-rdbms.ts';
import { changeStreamHandler } from './mongodb-change-stream.ts';
import { withoutNulls } from './null-remover.ts';
import { qlikRdbmsHandler } from './qlik-rdbms.ts';

const HANDLER = 'change.data.capture.handler';
const PACKAGE = 'com.mongodb.kafka.connect.sink.cdc.';

const HANDLERS: ReadonlyMap<string, Create<CdcHandler>> = new Map([
  [`${PACKAGE}debezium.mongodb.MongoDbHandler`, debeziumOplogHandler],
  [`${PACKAGE}debezium.mongodb.ChangeStreamHandler`, debeziumChangeStreamHandler],
  [`${PACKAGE}debezium.rdbms.RdbmsHandler`, debeziumRdbmsHandler],
  [`${PACKAGE}debezium.rdbms.mysql.MysqlHandler`, debeziumRdbmsHandler],
  [`${PACKAGE}debezium.rdbms.postgres.PostgresHandler`, debeziumRdbmsHandler],
  [`${PACKAGE}mongodb.ChangeStreamHandler`, changeStreamHandler],
  [`${PACKAGE}qlik.rdbms.RdbmsHandler`, qlikRdbmsHandler],
]);

/**
 * Undefined if no handler is set. With a handler, post processors, id strategies, write model strategies and
 * `delete.on.null.values` have no effect.
 * @throws PropertyError if the handler is neither one of the connector's nor one of custom/registry.ts
 */
export function createCdcHandler(
  properties: TopicProperties,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): CdcHandler | undefined {
  const name = properties.text(HANDLER);
  if (name === '') return undefined;
  const handle = createNamed(properties, { property: HANDLER, name, builtIn: HANDLERS, custom: custom.cdcHandlers });
  if (!properties.flag(`${HANDLER}.remove.null.values`)) return handle;
  return (document, record, wallTimeMs) =>
    handle(document, record, wallTimeMs)
      .map(withoutNulls)
      .filter((model) => model !== undefined);
}
