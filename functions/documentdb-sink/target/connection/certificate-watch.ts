import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls';
import type { Meter } from '../../../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../../../shared/time/clock.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A bound for the length of a certificate chain. */
const CHAIN_LENGTH_MAX = 10;

/**
 * Checks the server's name as TLS does, and measures how long two certificates remain valid: the server's own, which
 * DocumentDB renews every year, and the root of its chain, which an operator has to replace in the CA bundle.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation.html
 * @returns the option `checkServerIdentity` of `tls.connect`
 */
export function createCertificateWatch({
  clock,
  meter,
}: {
  readonly clock: Pick<Clock, 'wallTimeMs'>;
  readonly meter: Meter;
}) {
  const daysLeft = ({ valid_to }: PeerCertificate): number =>
    Math.floor((Date.parse(valid_to) - clock.wallTimeMs()) / DAY_MS);

  return (hostname: string, certificate: PeerCertificate): Error | undefined => {
    meter.least('ServerCertificateDaysLeft', daysLeft(certificate), 'Count');
    meter.least('RootCertificateDaysLeft', daysLeft(rootOf(certificate)), 'Count');
    return checkServerIdentity(hostname, certificate);
  };
}

/** A root is its own issuer. Node passes the whole chain, although the declared type does not say so. */
function rootOf(certificate: PeerCertificate): PeerCertificate {
  let root = certificate;
  for (let length = 0; length < CHAIN_LENGTH_MAX; length += 1) {
    const issuer = (root as Partial<DetailedPeerCertificate>).issuerCertificate;
    if (issuer === undefined || issuer === root) break;
    root = issuer;
  }
  return root;
}
