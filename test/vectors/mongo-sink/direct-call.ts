import type { Fields, MongoCase } from './mongo-case.ts';

/** The class of one operation, which the test calls without asking the handler: "RdbmsDelete operation called directly". */
const OPERATION = /\b\w*?(Insert|Replace|Update|Delete)\b/;

/** By handler: how its events say which operation they are. */
const DEBEZIUM: Readonly<Record<string, string>> = { Insert: 'c', Replace: 'c', Update: 'u', Delete: 'd' };

/** The case with an event that says it is of the operation under test, so that the handler comes to that one. */
export function calledDirectly(vector: MongoCase): MongoCase {
  const operation = OPERATION.exec(String(vector.config.get('$$component') ?? ''))?.[1];
  if (operation === undefined) return vector;
  const handler = String(vector.config.get('change.data.capture.handler') ?? '');
  const value: Fields = vector.value instanceof Map ? vector.value : new Map();
  if (handler.includes('.debezium.')) return { ...vector, value: new Map([...value, ['op', DEBEZIUM[operation]]]) };
  if (handler.includes('.qlik.')) return { ...vector, value: withQlikOperation(value, operation) };
  return { ...vector, value: new Map([...value, ['operationType', operation.toLowerCase()]]) };
}

function withQlikOperation(value: Fields, operation: string): Fields {
  const message: Fields = value.get('message') instanceof Map ? (value.get('message') as Fields) : new Map();
  const headers = new Map([['operation', operation === 'Replace' ? 'INSERT' : operation.toUpperCase()]]);
  return new Map([...value, ['message', new Map([...message, ['headers', headers]])]]);
}
