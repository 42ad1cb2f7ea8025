/**
 * The one of these choices whose turn it is. Drawn at random, a choice of twenty is missing in one campaign of fifty stories out of
 * thirteen; in turn, each is met as often as the others.
 */
export const inTurn = <T>(choices: readonly T[], turn: number): T => choices[turn % choices.length] as T;

/** The corner of a story, and how often its turn came before. */
export const cornerInTurn = <T>(
  corners: readonly T[],
  turn: number,
): { readonly corner: T; readonly round: number } => ({
  corner: inTurn(corners, turn),
  round: Math.floor(turn / corners.length),
});
