/** What was made, and how many entries its maps and sets have at present. */
export interface Watched<T> {
  readonly made: T;
  entryCount(): number;
}

type Container = { readonly size: number };

/** @param make what it makes of maps and sets lives as long as what it returns */
export function withContainers<T>(make: () => T): Watched<T> {
  const containers: Container[] = [];
  const { Map: OwnMap, Set: OwnSet } = globalThis;
  globalThis.Map = watched(OwnMap, containers);
  globalThis.Set = watched(OwnSet, containers);
  try {
    const made = make();
    return { made, entryCount: () => containers.reduce((sum, { size }) => sum + size, 0) };
  } finally {
    globalThis.Map = OwnMap;
    globalThis.Set = OwnSet;
  }
}

const watched = <Type extends MapConstructor | SetConstructor>(type: Type, containers: Container[]): Type =>
  new Proxy(type, {
    construct(target, args, newTarget) {
      const container: Container = Reflect.construct(target, args, newTarget);
      containers.push(container);
      return container;
    },
  });
