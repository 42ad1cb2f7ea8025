/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
export const BAD_VALUE = 2;
export const FAILED_TO_PARSE = 9;
export const TYPE_MISMATCH = 14;
export const INVALID_LENGTH = 16;
export const PATH_NOT_VIABLE = 28;
export const CONFLICTING_UPDATE_OPERATORS = 40;
export const DOLLAR_PREFIXED_FIELD_NAME = 52;
export const INVALID_ID_FIELD = 53;
export const WRITE_CONCERN_TIMEOUT = 64;
export const IMMUTABLE_FIELD = 66;
export const VALIDATION_FAILED = 121;
export const DUPLICATE_KEY = 11_000;
export const INTERRUPTED_BY_FAILOVER = 11_602;

/** How the server refuses a statement, or a command as a whole. */
export class ServerError extends Error {
  readonly code: number;
  /** Of E11000: the index in which a document stands in the way. */
  readonly duplicateIndex: string | undefined;

  constructor(code: number, duplicateIndex?: string) {
    super(`code ${code}`);
    this.code = code;
    this.duplicateIndex = duplicateIndex;
  }
}
