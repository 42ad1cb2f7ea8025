/** What a file of any syntax holds, with the line on which each thing begins, from 1. */
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
  /** As it is written; null where the file says null. */
  readonly text: string | null;
}

/** Text is not of the syntax it seems to be. The message quotes nothing of the text. */
export class SyntaxProblem extends Error {
  readonly line: number;

  /** @param line from 1 */
  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

/** The line of a place in a text, from 1. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;
