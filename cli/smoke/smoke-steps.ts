import { SMOKE_TOPIC, smokeKey } from './smoke-event.ts';
import type { SmokeTargets } from './smoke-targets.ts';

export interface SmokeTest {
  readonly stage: string;
  /** The file of the event. */
  readonly file: string;
  readonly id: string;
  readonly targets: SmokeTargets;
}

/** What to run, what it leaves, and how to remove that. */
export function smokeSteps({ stage, file, id, targets }: SmokeTest): readonly string[] {
  const { kinesisSink, documentdbSink } = targets;
  const command = stage === 'local' ? 'invoke local' : 'invoke';
  const invoke = (name: string) => `  npx serverless ${command} --stage ${stage} -f ${name} --path ${file}`;
  return [
    `${file} has one record: topic ${SMOKE_TOPIC}, key ${smokeKey(id)}. Each command must print an empty list batchItemFailures:`,
    ...(stage === 'local' ? ['(while npm start runs, whose engines they use)'] : []),
    ...(kinesisSink ? [invoke('kinesisSink')] : []),
    ...(documentdbSink.kind === 'native' ? [invoke('documentdbSink')] : []),
    ...(kinesisSink
      ? ['The stream keeps the record until its retention ends. Consumers see the key and the field mskSinksSmokeTest.']
      : []),
    ...afterDocuments(documentdbSink, id),
  ];
}

function afterDocuments(target: SmokeTargets['documentdbSink'], id: string): readonly string[] {
  switch (target.kind) {
    case 'none':
      return [];
    case 'connector':
      return [
        `documentdbSink is left out: ${target.path} decides which records are documents. Produce a record to one of its topics instead.`,
      ];
    case 'native':
      return ['Remove the document with mongosh:', `  ${removal(target.database, target.collection, id)}`];
  }
}

/** A collection of the smoke test's own is dropped; another one loses the document alone. */
function removal(database: string, collection: string | undefined, id: string): string {
  const place = (name: string) => `db.getSiblingDB("${database}").getCollection("${name}")`;
  return collection === undefined
    ? `${place(SMOKE_TOPIC)}.drop()`
    : `${place(collection)}.deleteOne({_id: "${smokeKey(id)}"})`;
}
