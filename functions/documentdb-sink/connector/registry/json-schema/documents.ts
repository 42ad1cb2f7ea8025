import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { isObject, type JsonObject, parseSchemaJson, textIn } from '../schema/schema-json.ts';

/** A part of a schema, and the document in which it stands. */
export interface Located {
  readonly node: JsonObject;
  readonly document: unknown;
}

/**
 * What `$ref` stands for: `#`, `#/definitions/order`, `#order`, `order.json`, `order.json#/definitions/item`, and the same behind an
 * address. Names are looked up as Confluent's library does, beside the `$id` of the document in which the reference stands.
 * https://github.com/everit-org/json-schema/blob/master/core/src/main/java/org/everit/json/schema/loader/ReferenceLookup.java
 */
export class Documents {
  readonly #byName = new Map<string, unknown>();
  /** Under which address a document was registered; undefined where it has none. */
  readonly #addresses = new Map<unknown, string | undefined>();
  readonly #partsOf = new Map<unknown, ReadonlyMap<string, JsonObject>>();

  /**
   * @param root the document that refers to the others
   * @param texts of the others, by the names under which they are referred to
   * @throws UnconvertibleError when one is not JSON
   */
  constructor(root: JsonObject, texts: ReadonlyMap<string, string>) {
    const base = idOf(root);
    const parsed = [...texts].map(([name, text]) => [name, parseSchemaJson(text)] as const);
    for (const [, document] of parsed) {
      const id = idOf(document);
      if (id !== undefined) this.#byName.set(id, document);
    }
    for (const [name, document] of parsed) {
      const address = resolved(name, base);
      this.#addresses.set(document, idOf(document) ?? address);
      this.#byName.set(address, document);
    }
    for (const [name, document] of parsed) this.#byName.set(name, document);
    this.#addresses.set(root, base);
    if (base !== undefined) this.#byName.set(withoutFragment(base), root);
  }

  /** @throws UnconvertibleError when there is nothing of that name */
  resolve(reference: string, document: unknown): Located {
    const base = this.#addresses.get(document);
    const address = resolved(reference, base);
    const [name = '', pointer = ''] = reference.split('#');
    const within = name === '' ? undefined : this.#partsIn(document).get(withoutFragment(address));
    if (within !== undefined) return { node: object(nodeAt(within, pointer)), document };
    const target = name === '' ? document : (this.#byName.get(withoutFragment(address)) ?? this.#byName.get(name));
    const node = this.#partsIn(target).get(`#${pointer}`) ?? nodeAt(target, pointer);
    return { node: object(node), document: target };
  }

  /** The parts of a document that have an id or an anchor. */
  #partsIn(document: unknown): ReadonlyMap<string, JsonObject> {
    const parts = this.#partsOf.get(document) ?? namedPartsOf(document, this.#addresses.get(document));
    this.#partsOf.set(document, parts);
    return parts;
  }
}

function namedPartsOf(document: unknown, base: string | undefined): ReadonlyMap<string, JsonObject> {
  const parts = new Map<string, JsonObject>();
  for (const node of nodesIn(document)) {
    const [id, anchor] = [textIn(node['$id']), textIn(node['$anchor'])];
    if (id !== undefined) parts.set(id.startsWith('#') ? id : resolved(id, base), node);
    if (anchor !== undefined) parts.set(`#${anchor}`, node);
  }
  return parts;
}

/** The objects in a document, without the document itself. */
function* nodesIn(document: unknown): Iterable<JsonObject> {
  const waiting = [document];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isObject(node) && node !== document) yield node;
    if (isObject(node) || Array.isArray(node)) for (const inside of Object.values(node)) waiting.push(inside);
  }
}

const object = (node: unknown): JsonObject => {
  if (isObject(node)) return node;
  throw new UnconvertibleError('the JSON schema refers to what neither it nor its references have');
};

/** `id` was the name in draft 4. */
const idOf = (document: unknown): string | undefined =>
  isObject(document) ? textIn(document['$id'] ?? document['id']) : undefined;

const withoutFragment = (address: string): string => address.split('#')[0] ?? '';

/** A name beside an address; the name itself where there is no address that names can stand beside. */
function resolved(name: string, base: string | undefined): string {
  return URL.canParse(name, base) ? new URL(name, base).href : name;
}

function nodeAt(document: unknown, pointer: string): unknown {
  let node = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(node)) node = /^\d+$/.test(key) ? node[Number(key)] : undefined;
    else node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }
  return node;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
