import type { HttpReply } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { SECRET } from '../../../kafka-log.ts';
import type { RegistryApi } from './registry-api.ts';
import { glueIdOf } from './registry-records.ts';
import { schemaAt } from './stored-schemas.ts';

/** https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html */
const error = (status: number, name: string): HttpReply => ({
  status,
  body: JSON.stringify({ __type: name, message: `${SECRET} quoted` }),
});

export const EXPIRED = error(400, 'ExpiredTokenException');

/** https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html */
export const GLUE: RegistryApi = {
  failures: [
    error(500, 'InternalServiceException'),
    error(503, 'ServiceUnavailable'),
    error(400, 'ThrottlingException'),
    error(400, 'com.amazonaws.glue#OperationTimeoutException'),
    { status: 502, body: '<html>Bad Gateway</html>' },
  ],
  refusals: [
    error(400, 'AccessDeniedException'),
    error(403, 'UnrecognizedClientException'),
    error(400, 'InvalidSignatureException'),
    EXPIRED,
  ],
  ofAnotherServer: [
    { status: 404, body: '<html>no such page</html>' },
    { status: 200, body: `<html>${SECRET}</html>` },
    error(400, 'UnknownOperationException'),
  ],
  notFound: error(400, 'EntityNotFoundException'),
  idIn({ options }) {
    const { SchemaVersionId: uuid }: { readonly SchemaVersionId?: unknown } = JSON.parse(options.body ?? '{}');
    const id = Number.parseInt(String(uuid).slice(-12), 16);
    const isOurs = options.headers['x-amz-target'] === 'AWSGlue.GetSchemaVersion' && uuid === glueIdOf(id);
    return isOurs ? id : undefined;
  },
  answerTo(question) {
    const id = GLUE.idIn(question);
    const schema = id === undefined ? undefined : schemaAt(id, question.converter);
    if (id === undefined || schema === undefined) return GLUE.notFound;
    const { text: SchemaDefinition, type: DataFormat } = schema;
    return {
      status: 200,
      body: JSON.stringify({ SchemaVersionId: glueIdOf(id), SchemaDefinition, DataFormat, Status: 'AVAILABLE' }),
    };
  },
};
