import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { withUsedOptions } from '../../../../../../functions/documentdb-sink/target/connection/uri-options.ts';

describe('a connection string', () => {
  it.each([
    ['mongodb://u:p@c:27017/shop?tlsCAFile=a.pem&tls=true&w=1', 'mongodb://u:p@c:27017/shop?tls=true'],
    ['mongodb://c/?uuidRepresentation=standard', 'mongodb://c/'],
    ['mongodb://c?REPLICASET=rs0', 'mongodb://c/?replicaSet=rs0'],
    ['mongodb://a,b/?ssl=YES;directConnection=0', 'mongodb://a,b/?tls=true&directConnection=false'],
    ['mongodb://c/?replicaSet=a&replicaSet=b&authSource=', 'mongodb://c/?replicaSet=b'],
    ['mongodb+srv://c.example', 'mongodb+srv://c.example'],
  ])('%s reaches the driver as %s', (uri, used) => {
    expect(withUsedOptions(uri)).toBe(used);
    expect(() => new MongoClient(used)).not.toThrow();
  });
});
