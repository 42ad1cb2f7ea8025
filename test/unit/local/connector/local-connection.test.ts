// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { parseProperties } from '../../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { packagedText } from '../../../../infra/connector-file/packaged-connector.ts';
import { localConnectionUri, localSecrets, withConnectionUri } from '../../../../local/connector/local-connection.ts';

const cluster = { host: '127.0.0.1', port: 5, username: 'app', password: 'p@ss' };

describe('a connection string on this machine', () => {
  it.each([
    [
      'mongodb://u:p@docdb.example:27017,b:1/db?tls=true&replicaSet=rs0&retryWrites=false',
      'mongodb://app:p%40ss@127.0.0.1:5/db?tls=true&retryWrites=false',
    ],
    ['mongodb://docdb.example', 'mongodb://app:p%40ss@127.0.0.1:5/'],
    [
      'mongodb://${sm:a/b@c:user}:${sm:a/b@c:pass}@docdb.example/?replicaSet=rs0',
      'mongodb://${sm:a/b@c:user}:${sm:a/b@c:pass}@127.0.0.1:5/',
    ],
    ['mongodb://u:p@${sm:a:host}:${sm:a:port}/', 'mongodb://app:p%40ss@${sm:a:host}:${sm:a:port}/'],
    ['${sm:a:uri}', '${sm:a:uri}'],
  ])('%s becomes %s', (uri, expected) => {
    expect(localConnectionUri(uri, cluster)).toBe(expected);
  });

  it('finds in its secrets what their fields are called after', () => {
    const uri = 'mongodb://${sm:a:username}:${sm:a:password}@${sm:a:host}:${sm:a:port}/?x=${sm:b:uri}';
    expect(Object.fromEntries(localSecrets(uri, cluster))).toEqual({
      a: { username: 'app', password: 'p@ss', host: '127.0.0.1', port: 5 },
      b: { uri: 'mongodb://app:p%40ss@127.0.0.1:5/?authSource=admin&tls=true' },
    });
  });
});

describe('a connector on this machine', () => {
  it('keeps everything but its connection string', () => {
    const packaged = packagedText(
      parseProperties('topics=orders\ndatabase=shop\nconnection.uri=mongodb://docdb.example/'),
    );
    const uri = String.raw`mongodb://a\b:1/`;
    const { connectionUri, topics } = readConnector(withConnectionUri(packaged, uri), { where: 'test' });
    expect({ connectionUri, topics }).toEqual({ connectionUri: uri, topics: ['orders'] });
  });
});
