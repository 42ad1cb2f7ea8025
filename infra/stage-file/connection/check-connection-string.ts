import { MongoClient } from 'mongodb';
import { addressOfUri, usesTls } from '../../../functions/documentdb-sink/target/connection/address.ts';
import { filledIn, providerKinds } from '../../../functions/documentdb-sink/target/connection/config-providers.ts';
import {
  isUsedOption,
  optionsOf,
  withUsedOptions,
} from '../../../functions/documentdb-sink/target/connection/uri-options.ts';
import { placeholdersOf } from '../../../functions/documentdb-sink/target/placeholders.ts';
import { DROP_REASONS, dropReasonOf, isAgreed } from './foreign-options.ts';
import { placeholderProblems } from './placeholder-problems.ts';

export interface ConnectionStringCheck {
  /** Each completes "connection.uri ..". They quote only names of options and placeholders. */
  readonly problems: readonly string[];
  /** The dropped options with reasons. */
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
}

interface Written {
  readonly connectionUri: string;
  readonly providers: ReadonlyMap<string, string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Checks a connection string at packaging, with the values of environment variables but without those of secrets. */
export function checkConnectionString(written: Written, environment: Environment): ConnectionStringCheck {
  const placeholders = placeholdersOf(written.connectionUri);
  const kinds = providerKinds(written.providers);
  const fromEnvironment = placeholders.map(({ provider, key }) =>
    kinds.get(provider) === 'environment' ? environment[key] : undefined,
  );
  const known = filledIn(written.connectionUri, placeholders, fromEnvironment);
  const unknown = placeholderProblems(written.connectionUri, kinds, environment);
  const isWhole = placeholdersOf(known).some(({ text }) => known.startsWith(text));
  if (unknown.length > 0 || isWhole) return { problems: unknown, dropped: [] };
  const uri = withStandIns(known);
  const unsound = placeProblem(uri);
  return unsound === undefined ? checkOptions(uri) : { problems: [unsound], dropped: [] };
}

const LOGIN_ENCODING =
  'cannot be parsed: percent-encode the characters : / ? # [ ] @ % in the user name and password, or use placeholders for them';

/** The problem of the part before the options, if any. */
function placeProblem(uri: string): string | undefined {
  if (!/^mongodb(?:\+srv)?:\/\//.test(uri)) {
    const remedy = /^['"]*\$/.test(uri) ? `; write an environment variable as \${env:NAME}` : '';
    return `must begin with mongodb:// or mongodb+srv://${remedy}`;
  }
  const [place = ''] = uri.split('?', 1);
  const hasAtSign = optionsOf(uri).some(({ name, value }) => `${name}${value}`.includes('@'));
  if (isTaken(place) && !hasAtSign) return undefined;
  const isLogin = uri.includes('@') && (hasAtSign || isTaken(place.replace(/\/\/.*@/, '//')));
  return isLogin ? LOGIN_ENCODING : 'cannot be parsed: write mongodb://USER:PASSWORD@HOST:PORT/?OPTIONS';
}

/** Stands in for values that only the function knows. */
const STAND_IN = 'placeholder';

/** Replaces placeholders with valid values: a port is a number. */
const withStandIns = (uri: string): string =>
  placeholdersOf(uri).reduce((text, { text: placeholder }) => {
    const start = text.indexOf(placeholder);
    const isPort = text[start - 1] === ':' && !text.slice(start + placeholder.length).includes('@');
    return text.replace(placeholder, isPort ? '27017' : STAND_IN);
  }, uri);

/** Whether the driver's parser accepts the string. It opens no connection. */
function isTaken(uri: string): boolean {
  try {
    const { uri: whole, options } = addressOfUri(uri);
    return new MongoClient(whole, options) !== undefined;
  } catch {
    return false; // the error quotes the string, so it is not used
  }
}

function checkOptions(uri: string): ConnectionStringCheck {
  const options = optionsOf(uri).filter(({ name }) => !isUsedOption(name) && name !== STAND_IN);
  const unknown = options
    .filter(({ name }) => dropReasonOf(name) === undefined)
    .map(({ name }) => `sets ${nameOf(name)}, but no driver has this option: remove it`);
  const dropped = options.flatMap(({ name, value }) => {
    const reason = dropReasonOf(name);
    return reason === undefined || isAgreed(name, value) ? [] : [{ name, reason: DROP_REASONS[reason] }];
  });
  return { problems: [...unknown, ...usedOptionProblems(uri)], dropped };
}

/** A text that is not the name of an option may be part of a secret. */
const nameOf = (name: string): string => (/^[A-Za-z][A-Za-z0-9_.]{0,60}$/.test(name) ? name : 'something');

function usedOptionProblems(uri: string): readonly string[] {
  if (/[?&]authMechanism=MONGODB-AWS/i.test(uri) && !usesTls(uri)) {
    return ['uses MONGODB-AWS without TLS: remove tls=false'];
  }
  const known = optionsOf(uri).filter(({ name, value }) => isUsedOption(name) && !value.includes(STAND_IN));
  const [place = ''] = uri.split('?', 1);
  const whole = `${place}?${known.map(({ name, value }) => `${name}=${value}`).join('&')}`;
  if (isTaken(withUsedOptions(whole))) return [];
  return [
    `cannot be used: the driver refuses the values, or the combination, of ${known.map(({ name }) => name).join(', ')}; correct them`,
  ];
}
