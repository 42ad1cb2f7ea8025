import { UnwritableError } from '../../../plan/unwritable-error.ts';

/** What a transform of Java throws for a record: the record cannot be written. Quotes nothing of the record (G7). */
export class TransformError extends UnwritableError {}
