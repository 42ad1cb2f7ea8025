/** After refused credentials, the secret is read again, and the next attempt of the batch need not wait: once. */
export class CredentialsRetry {
  #isLeft = true;

  /** @returns true the first time */
  take(): boolean {
    const wasLeft = this.#isLeft;
    this.#isLeft = false;
    return wasLeft;
  }
}
