/** How one case of a vectors file ended. */
export type CaseResult =
  | { readonly name: string; readonly kind: 'passed' }
  | { readonly name: string; readonly kind: 'failed'; readonly reason: string }
  /** Our code does not claim to do this, and says so; where the docs tell users as well, it counts as passed. */
  | { readonly name: string; readonly kind: 'refused'; readonly reason: string; readonly isDocumented?: true };
