import { describe, expect, it } from 'vitest';
import { CredentialsRetry } from '../../../../../functions/documentdb-sink/delivery/credentials-retry.ts';

describe('the retry after refused credentials', () => {
  it('is permitted once', () => {
    const retry = new CredentialsRetry();
    expect([retry.take(), retry.take(), retry.take()]).toEqual([true, false, false]);
  });
});
