import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { caBundleOf } from '../../../infra/bundle/ca-bundle.ts';
import { aStageFile } from '../../support/a-stage-file.ts';
import { problemsOf } from '../../support/problems-of.ts';

const now = new Date('2026-11-22T00:00:00Z');

const certificatesOf = (bundle = ''): readonly X509Certificate[] =>
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

  it('are text that a TLS context takes, one certificate after the other', () => {
    const bundle = caBundleOf('eu-west-1', now) ?? '';
    expect(() => createSecureContext({ ca: bundle })).not.toThrow();
    expect(bundle).toMatch(/^-----BEGIN CERTIFICATE-----\n.*\n-----END CERTIFICATE-----\n$/s);
    expect(bundle).not.toContain('----------');
  });
});

/** Every region in which RDS, Lambda and MSK have endpoints, and so every one of DocumentDB. Source: the AWS CLI's endpoints.json. */
const REGIONS = {
  bundled:
    'af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 me-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2',
  refused:
    'ap-east-2 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 il-central-1 mx-central-1 cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1',
};

describe('packaging documentdbSink', () => {
  const inRegion = (region: string, documentdbSink = {}) =>
    problemsOf(aStageFile({ region, documentdbSink })).filter((problem) => problem.includes('caBundle'));

  it.each(REGIONS.bundled.split(' '))("in %s bundles that region's roots alone", (region) => {
    const subjects = subjectsOf(region, now);
    expect(subjects.length).toBeGreaterThanOrEqual(3);
    for (const subject of subjects) expect(subject).toMatch(new RegExp(`^Amazon RDS ${region} Root CA `));
    expect(inRegion(region)).toEqual([]);
  });

  it.each(REGIONS.refused.split(' '))('in %s is refused, with the place of its roots', (region) => {
    expect(caBundleOf(region, now)).toBeUndefined();
    expect(inRegion(region)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^documentdbSink.caBundle is missing: .* in ${region}; download them from https://\\S+ into .*config/${region}.pem$`,
        ),
      ),
    ]);
  });

  it.each([
    ['il-central-1', 'https://truststore.pki.rds.amazonaws.com/il-central-1/il-central-1-bundle.pem'],
    ['us-gov-east-1', 'https://truststore.pki.us-gov-west-1.rds.amazonaws.com/us-gov-east-1/us-gov-east-1-bundle.pem'],
    ['cn-northwest-1', 'https://docs.amazonaws.cn/en_us/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html'],
  ])('in %s names %s', (region, url) => {
    expect(inRegion(region)[0]).toContain(` from ${url} `);
  });

  it('in a region without roots takes a bundle that is named, and asks for none without documentdbSink', () => {
    expect(inRegion('il-central-1', { caBundle: '/opt/own.pem' })).toEqual([]);
    const { documentdbSink, ...kinesisAlone } = aStageFile({ region: 'il-central-1' });
    expect(documentdbSink).toBeDefined();
    expect(problemsOf(kinesisAlone).filter((problem) => problem.includes('caBundle'))).toEqual([]);
  });
});
