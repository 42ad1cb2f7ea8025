/** What an invocation of a function ended in, as Lambda tells the caller of `Invoke` with `RequestResponse`. */
export type Invocation =
  /** The handler answered; `payload` is the JSON text it answered with (`null` when it answered `undefined`). */
  | { readonly kind: 'answered'; readonly payload: string; readonly durationMs: number }
  /** The handler threw, timed out, ran out of memory, or its process died. */
  | {
      readonly kind: 'failed';
      /** `Function.Timeout`, `Runtime.ExitError`, or the name of the error the handler threw. */
      readonly errorType: string;
      readonly errorMessage: string;
      readonly durationMs: number;
    };

/** Invokes one function with an event given as JSON text. Never rejects: trouble is an {@link Invocation}. */
export type Invoke = (eventJson: string) => Promise<Invocation>;
