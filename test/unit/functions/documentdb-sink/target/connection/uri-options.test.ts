import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  isUsedOption,
  optionsOf,
  withUsedOptions,
} from '../../../../../../functions/documentdb-sink/target/connection/uri-options.ts';

describe('a connection string', () => {
  it.each([
    ['mongodb://u:p@c:27017/shop?tlsCAFile=a.pem&tls=true&w=1', 'mongodb://u:p@c:27017/shop?tls=true'],
    ['mongodb://c/?uuidRepresentation=standard', 'mongodb://c/'],
    ['mongodb://c?REPLICASET=rs0', 'mongodb://c/?replicaSet=rs0'],
    ['mongodb://a,b/?ssl=YES;directConnection=0', 'mongodb://a,b/?tls=true&directConnection=false'],
    ['mongodb://c/?replicaSet=a&replicaSet=b&authSource=', 'mongodb://c/?replicaSet=b'],
    ['mongodb+srv://c.example', 'mongodb+srv://c.example'],
    ['mongodb://cluster?tls=yes;directConnection=No', 'mongodb://cluster/?tls=true&directConnection=false'],
    ['mongodb://c?directConnection=1&;tls=0', 'mongodb://c/?directConnection=true&tls=false'],
    [
      'mongodb://u:p@c/?AUTHMECHANISM=SCRAM-SHA-1&authsource=admin&AuthMechanismProperties=SERVICE_NAME:a',
      'mongodb://u:p@c/?authMechanism=SCRAM-SHA-1&authSource=admin&authMechanismProperties=SERVICE_NAME:a',
    ],
    [
      'mongodb+srv://c.example.org/?srvmaxhosts=2&SRVSERVICENAME=docdb',
      'mongodb+srv://c.example.org/?srvMaxHosts=2&srvServiceName=docdb',
    ],
  ])('%s reaches the driver as %s', (uri, used) => {
    expect(withUsedOptions(uri)).toBe(used);
    expect(() => new MongoClient(used)).not.toThrow();
  });

  it('has the options behind its question mark, without empty ones', () => {
    expect(optionsOf('mongodb://c/?&tls=true;;w=')).toEqual([
      { name: 'tls', value: 'true' },
      { name: 'w', value: '' },
    ]);
    expect(optionsOf('mongodb://c/shop')).toEqual([]);
  });

  it.each([
    ['SSL', true],
    ['replicaset', true],
    ['sslCAFile', false],
    ['noSsl', false],
    ['w', false],
  ])('has the option %s, which the function uses: %s', (name, isUsed) => {
    expect(isUsedOption(name)).toBe(isUsed);
  });
});
