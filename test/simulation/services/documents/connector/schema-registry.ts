import type { HttpReply, httpCall } from '../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { abortAt } from '../../../../../shared/time/deadline.ts';
import type { Environment } from '../../environment.ts';
import { SECRET } from '../../kafka-log.ts';
import { exchange, type NetworkFault } from '../../network.ts';
import type { TargetParts } from '../../target.ts';
import { schemaTextOf } from './avro-records.ts';

type Get = typeof httpCall;

/** How long the function waits for an answer: docs/migrating.md, "Schema registries". */
const PATIENCE_MS = 3_000;

/** `{"error_code": 40403}`: https://docs.confluent.io/platform/current/schema-registry/develop/api.html#get--schemas-ids-int-%20id */
const NOT_FOUND: HttpReply = { status: 404, body: '{"error_code":40403,"message":"Schema not found"}' };
const FAILURES: readonly number[] = [500, 502, 503, 504, 429, 408];
const REFUSALS: readonly number[] = [401, 403];
const OF_ANOTHER_SERVER: readonly HttpReply[] = [
  { status: 404, body: '<html>no such page</html>' },
  { status: 404, body: '{"error_code":404,"message":"HTTP 404 Not Found"}' },
  { status: 200, body: `<html>${SECRET}</html>` },
  { status: 302, body: '' },
];

/** A schema registry, and the network before it. */
export class SchemaRegistry {
  readonly #parts: TargetParts;

  constructor(parts: TargetParts) {
    this.#parts = parts;
  }

  /** What the client of that environment calls. */
  getFor =
    (environment: Environment): Get =>
    async (url, _options, signal) => {
      const { clock } = environment;
      const patience = abortAt(clock, clock.nowMs() + PATIENCE_MS);
      try {
        return await exchange(environment, this.#parts, {
          serve: () => Promise.resolve(this.#reply(url, environment)),
          fault: this.#fault(environment),
          broken: () => named('ECONNRESET'),
          aborted: () => named('AbortError'),
          signal: AbortSignal.any([signal, patience.signal]),
        });
      } finally {
        patience.release();
      }
    };

  #fault(environment: Environment): NetworkFault | undefined {
    const { faultInjector } = this.#parts;
    if (faultInjector.strikes('registry.silent', environment)) return 'requestLost';
    return faultInjector.strikes('registry.slow', environment) ? 'slow' : undefined;
  }

  #reply(url: URL, environment: Environment): HttpReply {
    const { faultInjector, random } = this.#parts;
    if (faultInjector.strikes('registry.failed', environment)) return { status: random.pick(FAILURES), body: '{}' };
    if (faultInjector.strikes('registry.refused', environment)) return { status: random.pick(REFUSALS), body: '{}' };
    if (faultInjector.strikes('registry.replaced', environment)) return random.pick(OF_ANOTHER_SERVER);
    return faultInjector.strikes('registry.behind', environment) ? NOT_FOUND : answerTo(url);
  }
}

/** Nothing goes wrong. */
export const calmRegistry: Get = (url) => Promise.resolve(answerTo(url));

function answerTo({ pathname }: URL): HttpReply {
  const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(pathname) ?? [];
  const schema = id === undefined ? undefined : schemaTextOf(Number(id));
  return schema === undefined ? NOT_FOUND : { status: 200, body: JSON.stringify({ schema }) };
}

/** Its message quotes what it was given. */
const named = (code: string): Error => Object.assign(new Error(`${SECRET} quoted`), { code, name: code });
