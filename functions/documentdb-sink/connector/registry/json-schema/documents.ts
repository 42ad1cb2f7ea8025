import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { isObject, type JsonObject, parseSchemaJson, textIn } from '../schema/schema-json.ts';

/** A part of a schema, and the document in which it stands. */
export interface Located {
  readonly node: JsonObject;
  readonly document: unknown;
}

/** Schemas by the names under which others refer to them. */
export class Documents {
  readonly #byName: ReadonlyMap<string, unknown>;

  /** @throws UnconvertibleError when one is not JSON */
  constructor(texts: ReadonlyMap<string, string>) {
    const parsed = [...texts].map(([name, text]) => [name, parseSchemaJson(text)] as const);
    this.#byName = new Map([
      ...parsed.flatMap(([, document]) => {
        const id = isObject(document) ? textIn(document['$id'] ?? document['id']) : undefined;
        return id === undefined ? [] : [[id, document] as const];
      }),
      ...parsed,
    ]);
  }

  /** What `$ref` stands for: `#`, `#/definitions/order`, `order.json`, `order.json#/definitions/item`. */
  resolve(reference: string, document: unknown): Located {
    const [name = '', pointer = ''] = reference.split('#');
    const target = name === '' ? document : this.#byName.get(name);
    let node: unknown = target;
    for (const part of pointer.split('/').slice(1)) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
    }
    if (!isObject(node))
      throw new UnconvertibleError('the JSON schema refers to what neither it nor its references have');
    return { node, document: target };
  }
}
