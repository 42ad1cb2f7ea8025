/** The content of a file in any syntax, with the line (from 1) at which each value begins. */
export type FileNode = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly name: string;
  readonly line: number;
  readonly value: FileNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly FileNode[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  /** The text as written; null if the file has null. */
  readonly text: string | null;
}

/** A syntax error. The message does not quote the text. */
export class SyntaxProblem extends Error {
  readonly line: number;

  /** @param line from 1 */
  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

/** The line of a position in a text, from 1. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;
