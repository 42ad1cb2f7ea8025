/** What is used of Babel's path of a node. */
interface NodePath {
  readonly node: { readonly type: string; readonly value?: unknown };
  readonly parent: { readonly type: string; readonly key?: unknown };
  getFunctionParent(): unknown;
}

/** A smaller number counts or names something; a larger one is a limit. */
const LIMIT_MIN = 10;

/**
 * A mutator as Stryker's own, for what Stryker leaves alone: the numbers of constants and tables. A limit becomes ten times as large, a smaller
 * number the next one.
 */
export const constantNumbers = {
  name: 'ConstantNumber',
  *mutate(path: NodePath) {
    const { node, parent } = path;
    if (node.type !== 'NumericLiteral' || typeof node.value !== 'number') return;
    if (parent.type === 'ObjectProperty' && parent.key === node) return;
    if (path.getFunctionParent() !== null) return;
    yield { type: 'NumericLiteral', value: node.value < LIMIT_MIN ? node.value + 1 : node.value * 10 };
  },
};
