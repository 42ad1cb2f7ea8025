import {
  type ReadCredentials,
  roleCredentials,
} from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-credentials.ts';
import type { HttpReply, httpCall } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { abortAt } from '../../../../../../shared/time/deadline.ts';
import type { RegistryConverterName } from '../../../../scenario/connector/connector.ts';
import { EPOCH_MS } from '../../../../scenario/timeline.ts';
import type { Environment } from '../../../environment.ts';
import { SECRET } from '../../../kafka-log.ts';
import { exchange, type NetworkFault } from '../../../network.ts';
import type { TargetParts } from '../../../target.ts';
import { CONFLUENT } from './confluent-api.ts';
import { EXPIRED, GLUE } from './glue-api.ts';
import type { Question, RegistryApi } from './registry-api.ts';
import { schemaIdIn } from './registry-records.ts';

/** How a function reaches the registry. */
export interface RegistryAccess {
  readonly call: typeof httpCall;
  /** Of AWS Glue. */
  readonly readCredentials: ReadCredentials;
  /** A text of the settings, with its placeholders filled in. */
  readonly resolveText: (text: string) => Promise<string>;
}

/** In the addresses of the settings: a key of a secret. */
export const HOST_PLACEHOLDER = `\${sm:registry:host}`;

/** How long the function waits for an answer: docs/migrating.md, "Schema registries". */
const PATIENCE_MS = 3_000;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_MS = 3_600_000;
const ROLE = { arn: 'arn:aws:iam::111122223333:role/registry', sessionName: 'simulated', region: 'eu-west-1' };

const HOST = 'registry';
const MOVED_HOST = 'elsewhere';

const resolved = (text: string, host: string): string => text.replaceAll(HOST_PLACEHOLDER, host);

const apiOf = (converter: RegistryConverterName): RegistryApi => (converter === 'glueAvro' ? GLUE : CONFLUENT);

/** A schema registry, and the network before it. */
export class SchemaRegistry {
  readonly #parts: TargetParts;
  /** Glue takes these no more. */
  readonly #endedSessions = new Set<string>();
  #sessionCount = 0;

  constructor(parts: TargetParts) {
    this.#parts = parts;
  }

  /** What the client of that environment is given. */
  accessFor =
    (environment: Environment) =>
    (converter: RegistryConverterName): RegistryAccess => ({
      call: this.#callFor(environment, converter),
      readCredentials: roleCredentials(ROLE, () => this.#assume(environment), environment.clock.wallTimeMs),
      resolveText: (text) => Promise.resolve(resolved(text, this.#hasMoved() ? MOVED_HOST : HOST)),
    });

  #assume({ clock }: Environment) {
    this.#sessionCount += 1;
    return Promise.resolve({
      AccessKeyId: `ASIA${this.#sessionCount}X`,
      SecretAccessKey: SECRET,
      SessionToken: SECRET,
      Expiration: new Date(clock.wallTimeMs() + SESSION_MS),
    });
  }

  #callFor =
    (environment: Environment, converter: RegistryConverterName): typeof httpCall =>
    async (url, options, signal) => {
      const { clock } = environment;
      const patience = abortAt(clock, clock.nowMs() + PATIENCE_MS);
      try {
        return await exchange(environment, this.#parts, {
          serve: () => Promise.resolve(this.#reply({ url, options, converter }, environment)),
          fault: this.#fault(url, environment),
          broken: () => named('ECONNRESET'),
          aborted: () => named('AbortError'),
          signal: AbortSignal.any([signal, patience.signal]),
        });
      } finally {
        patience.release();
      }
    };

  #hasMoved(): boolean {
    const { scenario, timeline } = this.#parts;
    return scenario.faults.some(
      ({ kind, fromMs }) => kind === 'registry.moved' && EPOCH_MS + fromMs <= timeline.nowMs(),
    );
  }

  #fault({ hostname }: URL, environment: Environment): NetworkFault | undefined {
    const { faultInjector } = this.#parts;
    if (this.#hasMoved() && hostname.startsWith(HOST)) {
      faultInjector.happened('registry.moved', environment);
      return 'requestLost';
    }
    if (faultInjector.strikes('registry.silent', environment)) return 'requestLost';
    return faultInjector.strikes('registry.slow', environment) ? 'slow' : undefined;
  }

  #reply(question: Question, environment: Environment): HttpReply {
    const { faultInjector, random } = this.#parts;
    const api = apiOf(question.converter);
    if (faultInjector.strikes('registry.failed', environment)) return random.pick(api.failures);
    if (faultInjector.strikes('registry.refused', environment)) return random.pick(api.refusals);
    if (faultInjector.strikes('registry.replaced', environment)) return random.pick(api.ofAnotherServer);
    if (this.#hasEnded(sessionIn(question), environment)) return EXPIRED;
    if (this.#refuses(question, environment)) return api.unsupported?.(question) ?? random.pick(api.refusals);
    return faultInjector.strikes('registry.behind', environment) ? api.notFound : api.answerTo(question);
  }

  /** Some schemas alone, of the records of some partitions. */
  #refuses(question: Question, environment: Environment): boolean {
    const { faultInjector, kafka } = this.#parts;
    const id = apiOf(question.converter).idIn(question);
    if (id === undefined || id % 4 > 1 || !faultInjector.isPlanned('registry.refusesSome')) return false;
    const own = kafka.produced.filter(({ value }) => value && schemaIdIn(value, question.converter) === id);
    const partitions = [...new Set(own.map(({ topicPartition }) => topicPartition))];
    return partitions.length > 0 && faultInjector.strikes('registry.refusesSome', environment, partitions);
  }

  /** A session that was refused once is refused for good. */
  #hasEnded(session: string | undefined, environment: Environment): boolean {
    if (session === undefined) return false;
    if (this.#parts.faultInjector.strikes('registry.sessionEnded', environment)) this.#endedSessions.add(session);
    return this.#endedSessions.has(session);
  }
}

/** Nothing goes wrong. */
export const calmRegistry = (converter: RegistryConverterName): RegistryAccess => ({
  call: (url, options) => Promise.resolve(apiOf(converter).answerTo({ url, options, converter })),
  resolveText: (text) => Promise.resolve(resolved(text, HOST)),
  readCredentials: () => Promise.resolve({ accessKeyId: 'AKIA', secretAccessKey: SECRET }),
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const sessionIn = ({ options }: Question): string | undefined =>
  /Credential=(\w+)\//.exec(options.headers['authorization'] ?? '')?.[1];

/** Its message quotes what it was given. */
const named = (code: string): Error => Object.assign(new Error(`${SECRET} quoted`), { code, name: code });
