/** Why an option of a connection string is dropped, by its name in lower case. */
export type DropReason = 'decided' | 'trust' | 'insecure' | 'foreign';

export const DROP_REASONS: Readonly<Record<DropReason, string>> = {
  decided: 'the function itself sets read preference, write concern, retries, timeouts and connections',
  trust: 'documentdbSink.caBundle in the stage file replaces this option',
  insecure:
    'the function always verifies certificates and host names; write your own CA bundle in documentdbSink.caBundle',
  foreign: 'only drivers of other languages have this option',
};

/** Options of the URI options specification and of our driver. https://www.mongodb.com/docs/manual/reference/connection-string-options/ */
const DECIDED =
  'appname compressors connecttimeoutms enableoverloadretargeting fsync heartbeatfrequencyms j journal loadbalanced localthresholdms maxconnecting maxidletimems maxpoolsize maxstalenessseconds minpoolsize proxyhost proxypassword proxyport proxyusername readconcernlevel readpreference readpreferencetags retryreads retrywrites servermonitoringmode serverselectiontimeoutms serverselectiontryonce sockettimeoutms timeoutms w waitqueuetimeoutms wtimeout wtimeoutms zlibcompressionlevel';

const TRUST =
  'ssl_ca_certs ssl_certfile ssl_crlfile ssl_keyfile ssl_pem_passphrase sslca sslcert sslcertificateauthorityfile sslclientcertificatekeyfile sslclientcertificatekeypassword sslcrl sslkey sslpass sslpemkeyfile tlscafile tlscertificatekeyfile tlscertificatekeyfilepassword tlscrlfile tlsdisablecertificaterevocationcheck tlsdisableocspendpointcheck';

const INSECURE =
  'ssl_cert_reqs ssl_match_hostname sslallowinvalidcertificates sslallowinvalidhostnames sslinsecure sslinvalidhostnameallowed sslvalidate sslverifycertificate tlsallowinvalidcertificates tlsallowinvalidhostnames tlsinsecure';

/** Options of the drivers for Java, Python, C#, Go, PHP and Ruby, and of older drivers for Node and Java. */
const FOREIGN =
  'auth_mechanism autoconnectretry autoreconnect bufferallowed canonicalizehostname connect connectiontimeout document_class domainsenabled fsyncandjournal gssapiservicename guidrepresentation ha ipv6 keepalive mapreduce maxautoconnectretrytime maxlifetimems minconnectionspersecond native_parser poolsize promotebuffers promotelongs promotevalues safe secondaryacceptablelatencyms slaveok socketkeepalive streamtype threadsallowedtoblockforconnectionmultiplier tz_aware tzinfo unicode_decode_error_handler usenewurlparser useunifiedtopology uuidrepresentation waitqueuemultiple waitqueuesize';

const groupOf = (names: string, reason: DropReason) => names.split(' ').map((name) => [name, reason] as const);

const REASONS: ReadonlyMap<string, DropReason> = new Map([
  ...groupOf(DECIDED, 'decided'),
  ...groupOf(TRUST, 'trust'),
  ...groupOf(INSECURE, 'insecure'),
  ...groupOf(FOREIGN, 'foreign'),
]);

/** Undefined: no driver has the option. */
export const dropReasonOf = (name: string): DropReason | undefined => REASONS.get(name.toLowerCase());

/** The function does this anyway, so no notice is needed. */
const AGREED: Readonly<Record<string, string>> = {
  retrywrites: 'false',
  retryreads: 'true',
  readpreference: 'primary',
  w: 'majority',
  tlsinsecure: 'false',
  tlsallowinvalidcertificates: 'false',
  tlsallowinvalidhostnames: 'false',
  sslinvalidhostnameallowed: 'false',
  sslvalidate: 'true',
};

export const isAgreed = (name: string, value: string): boolean => AGREED[name.toLowerCase()] === value.toLowerCase();
