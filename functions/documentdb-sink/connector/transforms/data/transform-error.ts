import { UnwritableError } from '../../../plan/unwritable-error.ts';

/** The error of a Java transform for one record: the record cannot be written. Quotes nothing of the record (G7). */
export class TransformError extends UnwritableError {}
