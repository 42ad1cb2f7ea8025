/**
 * The options of a connection string that this function heeds, in the driver's spelling: where the cluster is and how we log
 * in. It decides everything else itself (connect.ts), and trusts the CA bundle of its settings alone.
 */
const HEEDED: ReadonlyMap<string, string> = new Map(
  [
    'authMechanism',
    'authMechanismProperties',
    'authSource',
    'directConnection',
    'replicaSet',
    'srvMaxHosts',
    'srvServiceName',
    'tls',
  ].map((name) => [name.toLowerCase(), name]),
);

const FLAGS: ReadonlySet<string> = new Set(['directConnection', 'tls']);

/** As the Java driver reads them; ours takes true and false alone. */
const SPELLINGS: Readonly<Record<string, string>> = { yes: 'true', '1': 'true', no: 'false', '0': 'false' };

export interface UriOption {
  readonly name: string;
  readonly value: string;
}

/** In order, as they are written. The Java driver takes `;` for `&`. */
export const optionsOf = (uri: string): readonly UriOption[] =>
  queryOf(uri)
    .split(/[&;]/)
    .filter((option) => option !== '')
    .map((option) => {
      const [name = ''] = option.split('=', 1);
      return { name, value: option.slice(name.length + 1) };
    });

const queryOf = (uri: string): string => (uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : '');

export const isHeeded = (name: string): boolean => HEEDED.has(canonical(name));

/** `ssl` is the old name of `tls`. */
const canonical = (name: string): string => (/^ssl$/i.test(name) ? 'tls' : name.toLowerCase());

/**
 * A connection string without the options that this function does not heed: many are known to the Java driver alone, and ours
 * refuses what it does not know. Of an option that stands twice the last holds, as there.
 */
export function withHeededOptions(uri: string): string {
  const [place = ''] = uri.split('?', 1);
  const heeded = new Map<string, string>();
  for (const { name, value } of optionsOf(uri)) {
    const known = HEEDED.get(canonical(name));
    if (known !== undefined && value !== '') heeded.set(known, spelled(known, value));
  }
  if (heeded.size === 0) return place;
  const options = [...heeded].map(([name, value]) => `${name}=${value}`);
  return `${place}${/^[a-z+]+:\/\/[^/]*$/.test(place) ? '/' : ''}?${options.join('&')}`;
}

const spelled = (name: string, value: string): string =>
  FLAGS.has(name) ? (SPELLINGS[value.toLowerCase()] ?? value.toLowerCase()) : value;
