import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createCertificateWatch } from '../../../../../../functions/documentdb-sink/target/connection/certificate-watch.ts';
import { recordedTelemetry } from '../../../../../support/recorded-telemetry.ts';

const NOW_MS = Date.parse('2026-11-25T12:00:00Z');

const certificate = (validTo: string, issuerCertificate?: object) =>
  ({
    subjectaltname: 'DNS:c.example',
    subject: {},
    valid_to: validTo,
    issuerCertificate,
  }) as unknown as PeerCertificate;

function aRoot(validTo: string) {
  const root = certificate(validTo) as PeerCertificate & { issuerCertificate: unknown };
  root.issuerCertificate = root;
  return root;
}

function watched() {
  const telemetry = recordedTelemetry();
  return {
    ...telemetry,
    check: createCertificateWatch({ clock: { wallTimeMs: () => NOW_MS }, meter: telemetry.meter }),
  };
}

describe('the certificate watch', () => {
  it("measures the remaining days of the server's certificate and of its root, through intermediates", () => {
    const { check, metrics } = watched();
    const between = certificate('Jan  1 00:00:00 2031 GMT', aRoot('Nov 25 12:00:00 2036 GMT'));
    expect(check('c.example', certificate('Dec  5 11:00:00 2026 GMT', between))).toBeUndefined();
    expect(metrics()).toEqual({ ServerCertificateDaysLeft: 9, RootCertificateDaysLeft: 3653 });
  });

  it('keeps the least of several servers', () => {
    const { check, metrics } = watched();
    check('c.example', certificate('Dec 25 12:00:00 2026 GMT', aRoot('Nov 25 12:00:00 2027 GMT')));
    check('c.example', certificate('Nov 27 12:00:00 2026 GMT', aRoot('Nov 25 12:00:00 2028 GMT')));
    expect(metrics()).toEqual({ ServerCertificateDaysLeft: 2, RootCertificateDaysLeft: 365 });
  });

  it('refuses a certificate with another name, as TLS does', () => {
    expect(watched().check('other.example', certificate('Dec  5 12:00:00 2026 GMT'))?.message).toContain(
      "does not match certificate's altnames",
    );
  });
});
