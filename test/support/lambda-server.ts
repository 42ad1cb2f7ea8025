import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Invoke } from '../../local/lambda/invocation.ts';

export interface LambdaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Lambda's Invoke for functions that run on this machine. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @param answered called when a function has answered, before the caller hears of it
 */
export async function startLambdaServer(
  functions: ReadonlyMap<string, Invoke>,
  answered: () => void = () => undefined,
): Promise<LambdaServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(Buffer.concat(chunks).toString()));

    async function answer(eventJson: string): Promise<void> {
      const [, name = ''] = /\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
      const invoke = functions.get(decodeURIComponent(name));
      if (invoke === undefined) {
        response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}');
        return;
      }
      const invocation = await invoke(eventJson);
      answered();
      if (invocation.kind === 'answered') {
        response.writeHead(200).end(invocation.payload);
        return;
      }
      const { errorType, errorMessage } = invocation;
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify({ errorType, errorMessage }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
