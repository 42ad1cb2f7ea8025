import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ServerProcess {
  /** What the server said when it was ready. */
  readonly ports: Readonly<Record<string, number>>;
  send(message: unknown): void;
  /** For a message that the server answers. */
  ask(message: unknown): Promise<unknown>;
  stop(): void;
}

/** Starts a server of bench/servers in a process of its own, so that its CPU time does not count for a contender. */
export async function startServer(name: string, environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, '..', 'servers', `${name}.ts`), [], {
    env: { ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [ports] = await once(child, 'message');
  const send = (message: unknown) => void child.send(message as object);
  return {
    ports,
    send,
    async ask(message) {
      send(message);
      const [answer] = await once(child, 'message');
      return answer;
    },
    stop: () => void child.kill(),
  };
}
