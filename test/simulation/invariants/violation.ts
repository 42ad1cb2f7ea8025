/** A guarantee that did not hold, and of which record. Names positions alone, never a payload. */
export interface Violation {
  readonly guarantee: 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'calm';
  readonly message: string;
}
