const REQUEST_TIMEOUT_MS = 20_000;

/** The connectors of a worker, over its REST API. https://kafka.apache.org/43/kafka-connect/user-guide/#rest-api */
export interface Connectors {
  /** Returns why the worker refuses the settings; undefined if a connector runs. */
  create(name: string, settings: Readonly<Record<string, string>>): Promise<string | undefined>;
  /** Why the connector or one of its tasks failed; undefined if none did. */
  failure(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
}

interface Status {
  readonly connector: State;
  readonly tasks: readonly State[];
}

interface State {
  readonly state: string;
  readonly trace?: string;
}

export function connectorsOf(url: string): Connectors {
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/connectors/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  return {
    async create(name, settings) {
      const answer = await request(`${name}/config`, { method: 'PUT', body: JSON.stringify(settings) });
      const text = await answer.text();
      return answer.ok ? undefined : text;
    },
    async failure(name) {
      const answer = await request(`${name}/status`);
      const text = await answer.text();
      if (!answer.ok) return undefined; // Not known yet.
      const { connector, tasks } = JSON.parse(text) as Status; // https://kafka.apache.org/43/kafka-connect/user-guide/#rest-api
      const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED');
      return failed && (failed.trace ?? 'no trace');
    },
    async remove(name) {
      const answer = await request(name, { method: 'DELETE' });
      await answer.text();
    },
  };
}
