import { describeForeign } from '../../../../../shared/errors.ts';
import type { ReadBundle } from '../../../target/connection/tls-context.ts';
import { FatalError } from '../../../target/fatal-error.ts';
import { type HttpReply, httpCall } from '../http-call.ts';
import { isObject, type JsonObject, jsonObjectOf } from '../schema/schema-json.ts';
import {
  misconfigured,
  outage,
  type RegisteredSchema,
  type SchemaAnswer,
  type SchemaSource,
} from '../schema-source.ts';
import { type ClientTexts, type RegistryAddress, type ResolveText, readAddresses } from './client-settings.ts';
import { isRedirection, nextAddress, REDIRECTIONS_MAX } from './redirection.ts';

export interface ConfluentParts {
  readonly texts: ClientTexts;
  readonly resolveText: ResolveText;
  /** Certificates that are trusted beside the public roots. */
  readonly readCaBundle: ReadBundle | undefined;
  /** Tests have their own. */
  readonly get?: typeof httpCall;
}

/** `{"error_code": 40403}`: of schemas, of subjects and of their versions. */
const NOT_FOUND_CODES: ReadonlySet<unknown> = new Set([40_401, 40_402, 40_403]);

/**
 * A schema registry with Confluent's API.
 * https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
export function createConfluentSource(parts: ConfluentParts): SchemaSource {
  let addresses: Promise<readonly RegistryAddress[]> | undefined;
  /** The address that answered last is asked first. */
  let first = 0;

  async function addressesNow(signal: AbortSignal): Promise<readonly RegistryAddress[]> {
    addresses ??= readAddresses(parts.texts, parts.resolveText, parts.readCaBundle, signal);
    try {
      return await addresses;
    } catch (error) {
      addresses = undefined;
      throw error;
    }
  }

  /** Asks one address after another. */
  async function askAll(path: string, signal: AbortSignal): Promise<JsonObject | undefined | Unanswered> {
    const all = await addressesNow(signal);
    let last = new Unanswered(misconfigured('schema.registry.url has no URL'));
    for (const index of [...all.keys()].map((step) => (first + step) % all.length)) {
      const answer = await ask(all[index] as RegistryAddress, path, { get: parts.get ?? httpCall, signal });
      if (!(answer instanceof Unanswered)) {
        first = index;
        return answer;
      }
      last = answer;
    }
    return last;
  }

  /** @throws Unanswered when no address gives an answer that says something of the schema */
  async function get(path: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    let answer = await askAll(path, signal);
    if (answer instanceof Unanswered && answer.kind === 'refusal') {
      // The credentials are read again: they may have been changed.
      addresses = undefined;
      answer = await askAll(path, signal);
    }
    if (!(answer instanceof Unanswered)) return answer;
    // Nobody answers: what placeholders and the CA bundle hold may have changed, and is read again for the next question.
    if (answer.kind === 'silence') addresses = undefined;
    throw answer;
  }

  /** A schema, and into `references` those that it refers to. Undefined: there is none. */
  async function schemaAt(
    path: string,
    references: Map<string, string>,
    signal: AbortSignal,
  ): Promise<Pick<RegisteredSchema, 'type' | 'text'> | undefined> {
    const found = await get(path, signal);
    if (found === undefined) return undefined;
    const { schema: text, schemaType: type = 'AVRO', references: listed = [] } = found;
    if (typeof text !== 'string' || typeof type !== 'string' || !Array.isArray(listed)) {
      throw new Unanswered(misconfigured('schema.registry.url gives an answer that is no schema'));
    }
    for (const reference of listed.filter(isObject)) {
      if (!(await addReference(reference, references, signal))) return undefined;
    }
    return { type, text };
  }

  /** @returns whether the registry has it */
  async function addReference(
    { name, subject, version }: JsonObject,
    references: Map<string, string>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const key = String(name);
    if (references.has(key)) return true;
    references.set(key, ''); // so that a circle ends
    const path = `subjects/${encodeURIComponent(String(subject))}/versions/${Number(version)}?deleted=true`;
    const own = await schemaAt(path, references, signal);
    // Behind those that it refers to.
    references.delete(key);
    references.set(key, own?.text ?? '');
    return own !== undefined;
  }

  return {
    async fetch(id, signal): Promise<SchemaAnswer> {
      try {
        const references = new Map<string, string>();
        const found = await schemaAt(`schemas/ids/${id}`, references, signal);
        return found === undefined ? { kind: 'unknown' } : { kind: 'found', schema: { ...found, references } };
      } catch (error) {
        if (error instanceof Unanswered) return error.answer;
        if (error instanceof FatalError) return { kind: 'unavailable', failure: failureOf(error) };
        return misconfigured(`the settings of the schema registry cannot be used (${describeForeign(error)})`);
      }
    },
  };
}

/** What a registry says that is nothing of the schema. */
class Unanswered extends Error {
  readonly answer: SchemaAnswer;
  readonly kind: 'refusal' | 'silence' | undefined;

  /** @param kind of answers that other credentials, or another address, may change */
  constructor(answer: SchemaAnswer, kind?: 'refusal' | 'silence') {
    super('no answer');
    this.answer = answer;
    this.kind = kind;
  }
}

const failureOf = ({ code, message }: FatalError) => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail: message,
});

/** @returns the schema's object, or undefined where the registry has none */
async function ask(
  { url, ...options }: RegistryAddress,
  path: string,
  { get, signal }: { readonly get: typeof httpCall; readonly signal: AbortSignal },
): Promise<JsonObject | undefined | Unanswered> {
  const base = url.href.replace(/\/$/, '');
  try {
    return understood(await followed(new URL(`${base}/${path}`), (at) => get(at, options, signal)), url.host);
  } catch (error) {
    const answer = outage(`the schema registry at ${url.host} does not answer (${describeForeign(error)})`);
    return new Unanswered(answer, 'silence');
  }
}

const NOT_FOLLOWED =
  'and only a redirection within its host and protocol is followed: write the address behind it as schema.registry.url';

/** The answer behind redirections. */
async function followed(url: URL, get: (url: URL) => Promise<HttpReply>): Promise<HttpReply> {
  let reply = await get(url);
  let next = nextAddress(reply, url);
  for (let count = 0; next !== undefined && count < REDIRECTIONS_MAX; count += 1) {
    reply = await get(next);
    next = nextAddress(reply, next);
  }
  return reply;
}

function understood(reply: HttpReply, host: string): JsonObject | undefined | Unanswered {
  const { status, body } = reply;
  const content = jsonObjectOf(body);
  if (status === 200 && content !== undefined) return content;
  if (status === 404 && NOT_FOUND_CODES.has(content?.['error_code'])) return undefined;
  if (status === 401 || status === 403) {
    return new Unanswered(
      misconfigured(`the schema registry at ${host} refuses the credentials (${status}): correct basic.auth.user.info`),
      'refusal',
    );
  }
  if (status >= 500 || status === 429 || status === 408)
    return new Unanswered(outage(`the schema registry at ${host} answers ${status}`));
  if (isRedirection(reply)) return new Unanswered(misconfigured(`${host} redirects (${status}), ${NOT_FOLLOWED}`));
  return new Unanswered(
    misconfigured(`${host} answers ${status} as no schema registry does: correct schema.registry.url`),
  );
}
