export type Status = 'ok' | 'warning' | 'failed';

/** One row of the table: what was looked at, what was found, what to do. */
export interface Finding {
  readonly title: string;
  readonly status: Status;
  readonly found: string;
  /** Undefined where nothing is to be done. */
  readonly remedy?: string;
}

export const ok = (title: string, found: string): Finding => ({ title, status: 'ok', found });
export const warning = (title: string, found: string, remedy: string): Finding => ({
  title,
  status: 'warning',
  found,
  remedy,
});
export const failed = (title: string, found: string, remedy: string): Finding => ({
  title,
  status: 'failed',
  found,
  remedy,
});

/** A thing that a deployment makes. */
export const notDeployed =
  (stage: string) =>
  (title: string): Finding =>
    warning(title, 'not deployed', `npx serverless deploy --stage ${stage}`);
