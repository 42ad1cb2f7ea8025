import { describe, expect, it } from 'vitest';
import {
  SESSION_NAME_DEFAULT,
  SESSION_NAME_TEMPLATE,
  sessionNameOf,
} from '../../../../../functions/kinesis-sink/settings/session-name.ts';

const parts = { stage: 'prod', uuid: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed' };

describe('the name of a session', () => {
  it.each([
    [SESSION_NAME_DEFAULT, 'msk-sinks-prod-1b9d6bcd'],
    ['doka-{stage}-{uuid}', 'doka-prod-1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'],
    ['{stage}{stage}', 'prodprod'],
    ['plain', 'plain'],
  ])('of %s is %s', (template, name) => {
    expect(template).toMatch(SESSION_NAME_TEMPLATE);
    expect(sessionNameOf(template, parts)).toBe(name);
    expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it.each(['', 'a b', 'a/b', '{topic}', '{stage', '<stage>', 'ä'])('is not made of %j', (template) => {
    expect(template).not.toMatch(SESSION_NAME_TEMPLATE);
  });
});
