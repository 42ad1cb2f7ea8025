import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ephemeral port ranges (from 32768 on Linux, from 49152 on macOS), so that the port of a stopped engine is still
 * free when the engine restarts.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
/** The ports of a block: a process listens on the first of them, and gives the others. */
const BLOCK_PORTS = 40;
const TRIES_MAX = 2_000;

/** The ports of this process that nobody was given yet. */
let unused: Promise<number[]> = Promise.resolve([]);

/**
 * Distinct free ports of 127.0.0.1, each given once. An engine binds its port later than it is chosen here, so a port must not
 * be given to another process meanwhile: a process listens on the first port of a block for as long as the process lives, and
 * gives only ports of blocks that it holds.
 * @throws Error if 2,000 random attempts find too few.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const taken = unused.then(async (ports) => await atLeast(count, ports));
  unused = taken.then(
    (ports) => ports.slice(count),
    () => [],
  );
  return (await taken).slice(0, count);
}

async function atLeast(count: number, ports: number[]): Promise<number[]> {
  const found = [...ports];
  for (let tries = 0; found.length < count; tries += 1) {
    if (tries === TRIES_MAX)
      throw new Error(
        `Found fewer than ${count} free ports on 127.0.0.1 between ${PORT_MIN} and ${PORT_MAX}: stop other programs that listen there.`,
      );
    found.push(...(await anotherBlock()));
  }
  return found;
}

/** The free ports of a block, which this process holds from now on; none when another process has the block. */
async function anotherBlock(): Promise<readonly number[]> {
  const first = PORT_MIN + randomInt((PORT_MAX - PORT_MIN) / BLOCK_PORTS) * BLOCK_PORTS;
  const holder = await listen(first);
  if (holder === undefined) return [];
  holder.unref();
  const ports = Array.from({ length: BLOCK_PORTS - 1 }, (_, index) => first + 1 + index);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => free[index]);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  server.close();
  await once(server, 'close');
  return true;
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
