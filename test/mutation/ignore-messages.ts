/** What is read of Babel's path of a node. */
interface NodePath {
  readonly node: {
    readonly type: string;
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  };
}

/** A text with a space is a sentence for people. Tests pin such texts where they matter; no record depends on them. */
export function shouldIgnore({ node }: NodePath): string | undefined {
  const texts = node.type === 'StringLiteral' ? [node.value] : (node.quasis ?? []).map(({ value: { raw } }) => raw);
  return texts.some((text) => String(text).includes(' ')) ? 'a message' : undefined;
}
