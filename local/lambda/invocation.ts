/** The result of an invocation, as Lambda returns it for `Invoke` with `RequestResponse`. */
export type Invocation =
  /** The handler returned; `payload` is its result as JSON text (`null` for `undefined`). */
  | {
      readonly kind: 'answered';
      readonly payload: string;
      readonly durationMs: number;
      /** In the function's log lines; undefined if no process took the event. */
      readonly requestId?: string;
    }
  /** The handler threw, timed out, ran out of memory, or its process died. */
  | {
      readonly kind: 'failed';
      /** `Function.Timeout`, `Runtime.ExitError`, or the name of the error that the handler threw. */
      readonly errorType: string;
      readonly errorMessage: string;
      readonly durationMs: number;
      readonly requestId?: string;
    };

/** Invokes a function with an event as JSON text. Never rejects: a failure is an {@link Invocation}. */
export type Invoke = (eventJson: string) => Promise<Invocation>;
