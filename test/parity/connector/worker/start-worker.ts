import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseProperties } from '../../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { startConnect } from '../../../../local/engines/connect/connect.ts';
import { type Connectors, connectorsOf } from '../../../../local/engines/connect/connectors.ts';
import { startKafka } from '../../../../local/engines/kafka/kafka.ts';
import type { ConnectorJudge, JudgeOptions, Question } from '../judge/start-judge.ts';
import { type Topics, topicsOf } from './topics.ts';

type Settings = Readonly<Record<string, string>>;

const READ_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 100;
const DATABASE = /^(?:topic\.override\..+\.)?database$/;

/** The connector as a real worker of Kafka Connect runs it, which reads the records from a real Kafka. */
export async function startWorker({ installRoot, progress, caFile }: JudgeOptions): Promise<ConnectorJudge> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.adopt(await mkdtemp(join(tmpdir(), 'msk-sinks-worker-')), (each) =>
    rm(each, { recursive: true, force: true }),
  );
  const kafka = parts.adopt(await startKafka({ installRoot, progress, folder: join(folder, 'kafka') }), (each) =>
    each.stop(),
  );
  const { bootstrapServers } = kafka;
  const connect = parts.adopt(await startConnect({ installRoot, progress, folder, bootstrapServers, caFile }), (each) =>
    each.stop(),
  );
  const topics = parts.adopt(topicsOf(bootstrapServers), (each) => each.close());
  const connectors = connectorsOf(connect.url);
  const kept = parts.move();
  let asked = 0;
  return {
    ask(question) {
      asked += 1;
      return answerTo(question, `parity-${asked}`, { connectors, topics });
    },
    stop: () => kept.disposeAsync(),
  };
}

interface Parts {
  readonly connectors: Connectors;
  readonly topics: Topics;
}

async function answerTo(question: Question, name: string, { connectors, topics }: Parts) {
  const deadLetterTopic = `${name}.dead-letters`;
  const settings = connectorSettings(question, deadLetterTopic);
  const isTolerant = settings['errors.tolerance']?.toLowerCase() === 'all';
  const names = [...new Set([...topicNames(settings), ...question.records.map(({ topic }) => topic)])];
  await topics.fill(names, question.records);
  try {
    const refusal = await connectors.create(name, settings);
    const stopped =
      refusal ?? (await untilRead(name, () => topics.left(question.records, `connect-${name}`), connectors));
    return { dead: isTolerant && stopped === null ? await topics.deadLetters(deadLetterTopic) : {}, stopped };
  } finally {
    await connectors.remove(name);
    await topics.remove(names);
  }
}

/** Waits until all records are committed. Returns why the task stopped; null if it did not. */
async function untilRead(name: string, left: () => Promise<number>, connectors: Connectors): Promise<string | null> {
  const giveUpAt = performance.now() + READ_TIMEOUT_MS;
  for (;;) {
    const failure = await connectors.failure(name);
    if (failure !== undefined) return failure;
    const count = await left();
    if (count === 0) return null;
    if (performance.now() > giveUpAt) {
      throw new Error(`Kafka Connect has not read ${count} records after ${READ_TIMEOUT_MS / 1_000} s`);
    }
    await pause(ASK_EVERY_MS);
  }
}

const topicNames = (settings: Settings): readonly string[] =>
  (settings['topics'] ?? '').split(',').flatMap((topic) => (topic.trim() === '' ? [] : [topic.trim()]));

/** The settings as the judge reads them, for one task, with a topic for dead letters whatever the file says. */
function connectorSettings(
  { settings, uri, environment, overrides, databasePrefix }: Question,
  deadLetterTopic: string,
): Settings {
  const own =
    'text' in settings
      ? parseProperties(settings.text).entries.map(({ name, value }) => [name, value] as const)
      : Object.entries(settings.properties);
  const used = own
    .filter(([name]) => !name.startsWith('msksinks.') && !name.startsWith('connection.'))
    .map(([name, value]) => [
      name,
      (DATABASE.test(name) ? databasePrefix : '') + withValues(value.trim(), environment),
    ]);
  return {
    'connector.class': 'com.mongodb.kafka.connect.MongoSinkConnector',
    ...Object.fromEntries(used),
    ...overrides,
    'connection.uri': uri,
    'tasks.max': '1',
    'errors.deadletterqueue.topic.name': deadLetterTopic,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
  };
}

const withValues = (text: string, environment: Settings): string =>
  Object.entries(environment).reduce(
    (result, [name, value]) => result.replaceAll(`\${env:${name}}`, () => value),
    text,
  );
