/**
 * The options of a connection string that this function uses, in the driver's spelling: the address of the cluster and
 * the authentication. The function decides every other option itself (connect.ts), and trusts only the CA bundle of its
 * settings.
 */
const USED_OPTIONS: ReadonlyMap<string, string> = new Map(
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

/** The Java driver accepts these spellings; the Node.js driver accepts only true and false. */
const SPELLINGS: Readonly<Record<string, string>> = { yes: 'true', '1': 'true', no: 'false', '0': 'false' };

export interface UriOption {
  readonly name: string;
  readonly value: string;
}

/** Options in the order of the connection string, unchanged. The Java driver accepts `;` as a separator too. */
export const optionsOf = (uri: string): readonly UriOption[] =>
  queryOf(uri)
    .split(/[&;]/)
    .filter((option) => option !== '')
    .map((option) => {
      const [name = ''] = option.split('=', 1);
      return { name, value: option.slice(name.length + 1) };
    });

const queryOf = (uri: string): string => (uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : '');

export const isUsedOption = (name: string): boolean => USED_OPTIONS.has(canonical(name));

/** `ssl` is the old name of `tls`. */
const canonical = (name: string): string => (/^ssl$/i.test(name) ? 'tls' : name.toLowerCase());

/**
 * The connection string without the options that this function does not use. The Java driver knows many options that
 * the Node.js driver refuses. If an option occurs twice, the last one applies, as in the Java driver.
 */
export function withUsedOptions(uri: string): string {
  const [place = ''] = uri.split('?', 1);
  const used = new Map<string, string>();
  for (const { name, value } of optionsOf(uri)) {
    const known = USED_OPTIONS.get(canonical(name));
    if (known !== undefined && value !== '') used.set(known, spelled(known, value));
  }
  if (used.size === 0) return place;
  const options = [...used].map(([name, value]) => `${name}=${value}`);
  return `${place}${/^[a-z+]+:\/\/[^/]*$/.test(place) ? '/' : ''}?${options.join('&')}`;
}

const spelled = (name: string, value: string): string =>
  FLAGS.has(name) ? (SPELLINGS[value.toLowerCase()] ?? value.toLowerCase()) : value;
