import type { HttpReply } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { SECRET } from '../../../kafka-log.ts';
import type { Question, RegistryApi } from './registry-api.ts';
import { FORMATS, type StoredSchema, schemaAt } from './stored-schemas.ts';

const VERSION = 2;
const BY_ID = /^\/schemas\/ids\/(\d+)$/;

/** https://docs.confluent.io/platform/current/schema-registry/develop/api.html */
export const CONFLUENT: RegistryApi = {
  failures: [500, 502, 503, 504, 429, 408].map((status) => ({ status, body: '{}' })),
  refusals: [401, 403].map((status) => ({ status, body: '{}' })),
  ofAnotherServer: [
    { status: 404, body: '<html>no such page</html>' },
    { status: 404, body: '{"error_code":404,"message":"HTTP 404 Not Found"}' },
    { status: 200, body: `<html>${SECRET}</html>` },
    { status: 302, body: '' },
  ],
  notFound: { status: 404, body: '{"error_code":40403,"message":"Schema not found"}' },
  /** A value of several types is a struct in Kafka Connect, which the function does not make: docs/migrating.md */
  unsupported: ({ converter }) =>
    converter === 'jsonSchema'
      ? answerOf({ type: 'JSON', text: '{"oneOf":[{"type":"string"},{"type":"integer"}]}', references: [] })
      : undefined,
  idIn: ({ url: { pathname } }) => {
    const [, id] = BY_ID.exec(pathname) ?? [];
    return id === undefined ? undefined : Number(id);
  },
  answerTo: (question) => ofId(question) ?? ofSubject(question) ?? WRONG_QUESTION,
};

/** Of an id that can be none. */
const WRONG_QUESTION: HttpReply = { status: 422, body: '{"error_code":42201,"message":"Invalid schema id"}' };

/** The type is left out where it is Avro. */
const answerOf = ({ type, text, references }: StoredSchema): HttpReply => ({
  status: 200,
  body: JSON.stringify({
    schema: text,
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && { references: references.map((each) => ({ ...each, version: VERSION })) }),
  }),
});

function ofId(question: Question): HttpReply | undefined {
  const id = CONFLUENT.idIn(question);
  if (id === undefined) return undefined;
  const schema = schemaAt(id, question.converter);
  return schema === undefined ? CONFLUENT.notFound : answerOf(schema);
}

function ofSubject({ converter, url: { pathname } }: Question): HttpReply | undefined {
  const [, subject, version] = /^\/subjects\/([^/]+)\/versions\/(\d+)$/.exec(pathname) ?? [];
  if (subject === undefined) return undefined;
  const { type, subjectText } = FORMATS[converter];
  const text = subjectText(decodeURIComponent(subject));
  if (text === undefined || Number(version) !== VERSION) {
    return { status: 404, body: '{"error_code":40402,"message":"Version not found"}' };
  }
  return answerOf({ type, text, references: [] });
}
