import { placeholdersOf } from '../connector/placeholders.ts';
import { usesTls } from './address.ts';
import { providerKinds } from './config-providers.ts';

/** The connector's default, and nothing a function in AWS could reach. */
export const LOCALHOST_URI = 'mongodb://localhost:27017';

/** Options that switch off what this function never does without. */
const INSECURE = /[?&](tlsInsecure|tlsAllowInvalidCertificates|tlsAllowInvalidHostnames|sslValidate)=([^&]*)/gi;

/**
 * What can be said against a connection string before its placeholders are filled in; each completes "connection.uri ..".
 * Never quotes more than names of options and placeholders.
 */
export function connectionStringProblems({
  connectionUri: uri,
  providers,
}: {
  readonly connectionUri: string;
  readonly providers: ReadonlyMap<string, string>;
}): readonly string[] {
  const kinds = providerKinds(providers);
  const placeholders = placeholdersOf(uri).flatMap(({ text, provider }) => {
    const kind = kinds.get(provider);
    if (kind === undefined)
      return [`holds ${text}, and ${provider} is no config provider: declare its class, or use sm, ssm or env`];
    return kind === 's3Import' ? [`holds ${text}, which stands for a file: use sm, ssm or env`] : [];
  });
  const isKnown = placeholdersOf(uri).length === 0 || !uri.startsWith('${');
  const scheme = isKnown && !/^mongodb(?:\+srv)?:\/\//.test(uri) ? ['must begin with mongodb://'] : [];
  const insecure = [...uri.matchAll(INSECURE)]
    .filter(([, name = '', value]) => (name.toLowerCase() === 'sslvalidate' ? value === 'false' : value !== 'false'))
    .map(
      ([, name]) =>
        `sets ${name}: certificates are always checked; leave it out, and name a CA bundle in documentdbSink.caBundle`,
    );
  const mechanism =
    /[?&]authMechanism=MONGODB-AWS/i.test(uri) && !usesTls(uri)
      ? ['uses MONGODB-AWS without TLS: leave tls=false out']
      : [];
  return [...scheme, ...placeholders, ...insecure, ...mechanism];
}
