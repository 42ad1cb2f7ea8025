import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'ca-bundle.mjs');
const { caBundleOf }: { caBundleOf(region: string, now: Date): string } = await import(file);

const now = new Date('2026-11-22T00:00:00Z');

const certificatesOf = (bundle: string): readonly X509Certificate[] =>
  (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

const subjectsOf = (region: string, at: Date) =>
  certificatesOf(caBundleOf(region, at)).map(({ subject }) => /CN=(.*)/.exec(subject)?.[1]);

describe('the certificates a region is trusted by', () => {
  it("are that region's roots, and no other region's", () => {
    expect(subjectsOf('eu-west-1', now).toSorted()).toEqual([
      'Amazon RDS eu-west-1 Root CA ECC384 G1',
      'Amazon RDS eu-west-1 Root CA RSA2048 G1',
      'Amazon RDS eu-west-1 Root CA RSA4096 G1',
    ]);
  });

  it.each(['eu-west-1', 'us-east-1', 'ap-southeast-2'])('of %s are roots that are valid now', (region) => {
    const certificates = certificatesOf(caBundleOf(region, now));
    expect(certificates.length).toBeGreaterThanOrEqual(3);
    for (const certificate of certificates) {
      expect(certificate.ca).toBe(true);
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(now.getTime());
    }
  });

  it('leave out what has expired by the given date', () => {
    const all = certificatesOf(caBundleOf('eu-west-1', now)).map(({ validTo }) => new Date(validTo));
    const firstEnd = new Date(Math.min(...all.map((date) => date.getTime())));
    const later = certificatesOf(caBundleOf('eu-west-1', firstEnd));
    expect(later.length).toBeGreaterThan(0);
    expect(later.length).toBeLessThan(all.length);
  });

  it('of a region nobody knows are those of all regions', () => {
    const subjects = subjectsOf('xx-nowhere-1', now);
    expect(subjects).toEqual(
      expect.arrayContaining([...subjectsOf('eu-west-1', now), ...subjectsOf('us-east-1', now)]),
    );
    expect(subjects.length).toBeGreaterThan(60);
  });

  it('are text that a TLS context takes, one certificate after the other', () => {
    const bundle = caBundleOf('eu-west-1', now);
    expect(() => createSecureContext({ ca: bundle })).not.toThrow();
    expect(bundle).toMatch(/^-----BEGIN CERTIFICATE-----\n.*\n-----END CERTIFICATE-----\n$/s);
    expect(bundle).not.toContain('----------');
  });
});
