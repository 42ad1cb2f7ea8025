import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ephemeral port ranges (from 32768 on Linux, from 49152 on macOS), so that the port of a stopped engine is still
 * free when the engine restarts.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 200;

/**
 * Distinct free ports of 127.0.0.1.
 * @throws Error if 200 random attempts find too few.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly server: Server; readonly port: number }[] = [];
  try {
    for (let tries = 0; held.length < count; tries += 1) {
      if (tries === TRIES_MAX)
        throw new Error(
          `Found fewer than ${count} free ports on 127.0.0.1 between ${PORT_MIN} and ${PORT_MAX}: stop other programs that listen there.`,
        );
      const port = randomInt(PORT_MIN, PORT_MAX);
      const server = await listen(port);
      if (server !== undefined) held.push({ server, port });
    }
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ server }) => close(server)));
  }
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
