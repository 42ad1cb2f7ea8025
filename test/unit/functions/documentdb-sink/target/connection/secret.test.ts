import { describe, expect, it } from 'vitest';
import { parseSecret } from '../../../../../../functions/documentdb-sink/target/connection/secret.ts';
import { FatalError } from '../../../../../../functions/documentdb-sink/target/fatal-error.ts';

const whole = { engine: 'mongo', host: 'c.example', port: 27_018, username: 'app', password: 's3cret,=', ssl: true };

describe('the secret', () => {
  it('has the format that DocumentDB and rotation write, and may have less', () => {
    expect(parseSecret(JSON.stringify(whole))).toEqual({
      host: 'c.example',
      port: 27_018,
      username: 'app',
      password: 's3cret,=',
    });
    expect(parseSecret(JSON.stringify({ ...whole, port: '27019' })).port).toBe(27_019);
    expect(parseSecret(JSON.stringify({ ...whole, port: undefined })).port).toBe(27_017);
    expect(parseSecret(JSON.stringify({ ...whole, port: 65_535 })).port).toBe(65_535);
  });

  it.each([
    [undefined, 'the secret is not a JSON object'],
    ['s3cret,=', 'the secret is not a JSON object'],
    ['"s3cret,="', 'the secret is not a JSON object'],
    [JSON.stringify({ ...whole, host: '' }), 'the secret has no host'],
    [JSON.stringify({ ...whole, username: 5 }), 'the secret has no username'],
    [JSON.stringify({ ...whole, password: undefined }), 'the secret has no password'],
    [JSON.stringify({ ...whole, port: 's3cret,=' }), 'the port in the secret is not a number from 1 to 65535'],
    [JSON.stringify({ ...whole, port: 0 }), 'the port in the secret is not a number from 1 to 65535'],
    [JSON.stringify({ ...whole, port: 65_536 }), 'the port in the secret is not a number from 1 to 65535'],
  ])('is refused with %s, as a fatal error that quotes nothing', (text, message) => {
    let thrown: unknown;
    try {
      parseSecret(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FatalError);
    expect(thrown).toMatchObject({ message, code: 'credentials_unavailable', scope: 'target' });
  });
});
