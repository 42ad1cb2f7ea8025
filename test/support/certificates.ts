import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Signs certificates for servers and clients. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly cert: string;
  /** @param names DNS names and IPv4 addresses */
  issue(...names: readonly string[]): Identity;
}

/** A new certificate authority, whose certificates are valid from 2020 to 2049. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function createAuthority(name: string): Authority {
  const own = generateKeyPairSync('ed25519');
  const issuer = { name, key: own.privateKey };
  return {
    cert: certificate(issuer, name, own.publicKey, IS_AUTHORITY),
    issue(...names) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      return {
        cert: certificate(issuer, names[0] ?? '', publicKey, alternativeNames(names)),
        key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      };
    },
  };
}

/** An element of DER: tag, length, content. */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const SEQUENCE = 0x30;
const sequence = (...parts: readonly Uint8Array[]): Buffer => element(SEQUENCE, ...parts);
const objectId = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Uint8Array): Buffer => element(0x04, content);
const bits = (content: Uint8Array): Buffer => element(0x03, Buffer.from([0]), content);
const time = (text: string): Buffer => element(0x17, Buffer.from(text));
const integer = (value: number): Buffer => element(0x02, Buffer.from([value]));
const nameOf = (text: string): Buffer =>
  sequence(element(0x31, sequence(objectId('550403'), element(0x0c, Buffer.from(text)))));

const ED25519 = sequence(objectId('2b6570'));
const VERSION_3 = element(0xa0, integer(2));
const VALIDITY = sequence(time('200101000000Z'), time('491231235959Z'));
const IS_AUTHORITY = sequence(objectId('551d13'), octets(sequence(element(0x01, Buffer.from([0xff])))));

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const alternativeNames = (names: readonly string[]): Buffer =>
  sequence(
    objectId('551d11'),
    octets(
      sequence(
        ...names.map((name) =>
          /^[\d.]+$/.test(name)
            ? element(0x87, Buffer.from(name.split('.').map(Number)))
            : element(0x82, Buffer.from(name)),
        ),
      ),
    ),
  );

let serial = 0;

function certificate(
  issuer: { readonly name: string; readonly key: KeyObject },
  subject: string,
  publicKey: KeyObject,
  extension: Buffer,
): string {
  serial = (serial % 127) + 1;
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const names = [nameOf(issuer.name), VALIDITY, nameOf(subject)];
  const extensions = element(0xa3, sequence(extension));
  const content = sequence(VERSION_3, integer(serial), ED25519, ...names, keyInfo, extensions);
  const whole = sequence(content, ED25519, bits(sign(null, content, issuer.key)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
