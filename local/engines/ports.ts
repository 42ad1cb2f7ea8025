import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ranges from which systems pick the source port of an outgoing connection (32768 up on Linux, 49152 up on
 * macOS): so the port of a stopped engine is still free when it is started again.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 200;

/**
 * Ports of 127.0.0.1 that nobody listens on, all different.
 * @throws Error when 200 random tries found too few.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly server: Server; readonly port: number }[] = [];
  try {
    for (let tries = 0; held.length < count; tries += 1) {
      if (tries === TRIES_MAX)
        throw new Error(`No ${count} free ports on 127.0.0.1 between ${PORT_MIN} and ${PORT_MAX}.`);
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
