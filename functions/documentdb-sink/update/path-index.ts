/** Finds out whether a path lies above or below one of many, without a look at each of them. */
export class PathIndex {
  readonly #paths = new Set<string>();
  readonly #above = new Set<string>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    if (this.#paths.has(path)) return;
    this.#paths.add(path);
    for (const above of pathsAbove(path)) this.#above.add(above);
  }

  /** True for `a` or `a.b.c` where one of the paths is `a.b`; an equal path does not overlap. */
  overlaps(path: string): boolean {
    return this.#above.has(path) || pathsAbove(path).some((above) => this.#paths.has(above));
  }
}

/** `a` and `a.b` for `a.b.c`. */
export function pathsAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) above.push(path.slice(0, dot));
  return above;
}
