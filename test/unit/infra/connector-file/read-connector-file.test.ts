// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Kafka Connect and expressions of Terraform.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packagedText } from '../../../../infra/connector-file/packaged-connector.ts';
import { readConnectorFile } from '../../../../infra/connector-file/read-connector-file.ts';

const SINK = 'com.mongodb.kafka.connect.MongoSinkConnector';
const ORDERS = { topics: 'orders', database: 'shop' };
const read = (text: string, path = 'sink') => readConnectorFile(text, path);
const settingsOf = (text: string, path?: string) => JSON.parse(packagedText(read(text, path)));
const faultsOf = (text: string, path?: string) => {
  const { entries, faults } = read(text, path);
  expect(entries).toEqual([]);
  return faults;
};

describe('a properties file', () => {
  it('is read as Java reads it also where it could be YAML', () => {
    const text = 'topics: orders\ndatabase:shop\nconnection.uri: mongodb\\://docdb\\:27017/\ncollection: a # b\n';
    const connection = { 'connection.uri': 'mongodb://docdb:27017/', collection: 'a # b' };
    expect(settingsOf(text, 'sink.properties')).toEqual({ ...ORDERS, ...connection });
  });

  it.each([
    '# was: CREATE SINK CONNECTOR orders WITH (',
    '! connector_configuration = { of our Terraform',
    '# curl -d {"connector.class": "x"}',
  ])('may speak of another form in a comment: %s', (comment) => {
    for (const path of ['sink.properties', 'sink.conf']) {
      expect(settingsOf(`${comment}\ntopics=orders\ndatabase=shop\n`, path)).toEqual(ORDERS);
    }
  });

  it('may be JSON or YAML in spite of its ending', () => {
    expect(settingsOf(JSON.stringify(ORDERS), 'sink.properties')).toEqual(ORDERS);
    const strimzi = 'kind: KafkaConnector\nspec:\n  config:\n    topics: "orders"\n    database: shop\n';
    expect(settingsOf(strimzi, 'sink.properties')).toEqual(ORDERS);
  });
});

describe('JSON', () => {
  const config = { ...ORDERS, 'connector.class': SINK };

  it.each([
    ['of the settings alone', config],
    ['of the REST API', { name: 'x', config }],
    ['of its list of connectors', { x: { info: { name: 'x', config, tasks: [], type: 'sink' } } }],
    ['of describe-connector', { connectorName: 'x', connectorConfiguration: config, capacity: { autoScaling: {} } }],
    ['of CloudFormation', { Resources: { A: { Type: 'X', Properties: { ConnectorConfiguration: config } } } }],
    [
      'beside a source',
      [
        { name: 'a', config: { 'connector.class': 'Source', topics: 'x' } },
        { name: 'b', config },
      ],
    ],
  ])('%s', (_form, content) => {
    expect(settingsOf(JSON.stringify(content))).toEqual(config);
    expect(read(JSON.stringify(content)).container).toBeUndefined();
  });

  it('may have comments and trailing commas, and keeps lines', () => {
    const text = '// for staging\n# too\n{ /* the\nsink */ "topics": "orders", // one\n  "database": "shop",\n}\n';
    expect(read(text)).toMatchObject({
      faults: [],
      entries: [
        { name: 'topics', value: 'orders', line: 4 },
        { name: 'database', value: 'shop', line: 5 },
      ],
    });
  });

  it('has values of any type: numbers as they are written, lists with commas, null for what is not set', () => {
    const text =
      '{"topics": ["a", "b"], "tasks.max": 1.0, "delete.on.null.values": true, "collection": null, "post.processor.chain": [], "field.renamer.mapping": [{"oldName": "value.a", "newName": "b"}], "database": "\\u0073hop"}';
    expect(settingsOf(text)).toEqual({
      topics: 'a,b',
      'tasks.max': '1.0',
      'delete.on.null.values': 'true',
      'post.processor.chain': '',
      'field.renamer.mapping': '[{"oldName":"value.a","newName":"b"}]',
      database: 'shop',
    });
  });

  it.each([
    ['{\n"topics": "SECRET,\n"database": "x"}', 2, 'a text does not end on its line: add the closing quote'],
    ['{\n"topics": "a"\n"SECRET": "x"}', 3, 'a comma or } is missing'],
    ["{\n'topics': 'SECRET'}", 2, 'a name in double quotes is missing'],
    ['{"topics" "SECRET"}', 1, 'a colon after a name is missing'],
    ['{"topics": SECRET}', 1, 'a value is missing or is not JSON: write texts in double quotes'],
    ['{"topics": "\\xSECRET"}', 1, 'a text has an escape sequence that JSON does not allow'],
    ['{"topics": "a"} SECRET', 1, 'there is text after the end of the JSON: remove it'],
    ['{"topics": "a"', 1, 'a comma or } is missing'],
    ['{"topics": {"SECRET": 1}}', 1, 'topics must be text, a number or a boolean'],
  ])('that is broken is one message with the line: %j', (text, line, problem) => {
    expect(faultsOf(text)).toEqual([{ line, problem }]);
  });
});

describe('YAML', () => {
  const STRIMZI = `apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaConnector
metadata:
  name: orders
  labels: { strimzi.io/cluster: connect }
spec:
  class: ${SINK}
  tasksMax: 2
  config:
    topics: orders # one
    database: "shop"
    value.converter.schemas.enable: no
    connection.uri: >-
      mongodb://\${sm:docdb:username}@c/
    collection:
`;

  it("is Strimzi's KafkaConnector, whose class stands beside the settings", () => {
    const file = read(STRIMZI);
    expect(JSON.parse(packagedText(file))).toEqual({
      'connector.class': SINK,
      'tasks.max': '2',
      topics: 'orders',
      database: 'shop',
      'value.converter.schemas.enable': 'no',
      'connection.uri': 'mongodb://${sm:docdb:username}@c/',
    });
    expect(file.container).toBe('YAML, line 10');
    expect(file.entries.find(({ name }) => name === 'database')?.line).toBe(11);
  });

  it('may hold other things in other documents', () => {
    expect(settingsOf(`kind: KafkaTopic\nmetadata:\n  name: orders\n---\n${STRIMZI}`).topics).toBe('orders');
  });

  it('is CloudFormation, of whose functions a placeholder is made', () => {
    const text =
      'Resources:\n  Sink:\n    Properties:\n      ConnectorConfiguration:\n        topics: !Ref Topics\n        database: shop\n';
    expect(settingsOf(text)).toEqual({ topics: '${cloudformation:Topics}', database: 'shop' });
  });

  it('keeps words and numbers as they are written, and takes quotes away', () => {
    const values =
      'a: 1.50\n    b: "1.50"\n    c: 0x1F\n    d: yes\n    e: \'no\'\n    f: ~\n    g: 1e3\n    h: |\n      x\n';
    expect(settingsOf(`spec:\n  config:\n    topics: orders\n    database: shop\n    ${values}`)).toEqual({
      ...ORDERS,
      ...{ a: '1.50', b: '1.50', c: '0x1F', d: 'yes', e: 'no', g: '1e3', h: 'x\n' },
    });
  });

  it('may be flat, with quotes, without an ending of its own', () => {
    expect(settingsOf('# sink\ntopics: "orders"\ndatabase: shop\n')).toEqual(ORDERS);
  });

  it('has merges, in which the own entries of a map win, and then the first map', () => {
    const text = `one: &one { topics: a }\ntwo: &two { topics: b, collection: c }\nspec:\n  config:\n    database: shop\n    connector.class: ${SINK}\n    MERGE\n`;
    const read = (merge: string) => settingsOf(text.replace('MERGE', merge));
    expect(read('topics: orders\n    <<: *two')).toMatchObject({ ...ORDERS, collection: 'c' });
    expect(read('<<: [*one, *two]')).toMatchObject({ topics: 'a', collection: 'c' });
  });

  it('may hold a here-document that posts JSON', () => {
    const text = `services:
  init:
    command:
      - bash
      - -c
      - |
        curl -X POST http://connect:8083/connectors -d '
        {"name": "sink", "config": {"connector.class": "${SINK}", "topics": "orders", "database": "shop"}}'
`;
    expect(settingsOf(text, 'docker-compose.yml')).toEqual({ 'connector.class': SINK, ...ORDERS });
  });

  it('that is a template, or broken, is named with its line', () => {
    expect(faultsOf('spec:\n  config:\n    topics: {{ .Values.topics }}\n')).toEqual([
      { line: 3, problem: 'the file is a YAML template: render the template first' },
    ]);
    expect(faultsOf('spec:\n  config: [SECRET\n')).toEqual([
      { line: expect.any(Number), problem: 'the file looks like YAML, but is not valid YAML' },
    ]);
  });
});

describe('a setting that cannot be read', () => {
  const terraform = (line: string) =>
    `resource "x" "y" {\n  connector_configuration = {\n    "topics" = "orders"\n    ${line}\n    "database" = "shop"\n  }\n}\n`;

  it.each(['(local.name) = "v"', '"a" "b"', '"a" = "b" "tasks.max" = 1', 'a = 1 b = var.x', 'a = var.x "b" = true'])(
    'in Terraform does not end the settings silently: %s',
    (line) => {
      expect(faultsOf(terraform(line), 'a.tf')).toEqual([
        { line: 4, problem: 'a setting cannot be read: write NAME = "VALUE" on a line of its own' },
      ]);
    },
  );

  it.each([`'a' = "b",`, "'a' 'b',"])('in ksqlDB does not end the settings silently: %s', (line) => {
    const text = `CREATE SINK CONNECTOR x WITH (\n'topics' = 'orders',\n${line}\n'database' = 'shop');`;
    expect(faultsOf(text)).toEqual([
      { line: 3, problem: "a setting cannot be read: write 'NAME'='VALUE', with commas between them" },
    ]);
  });

  it('is none in a here-document, or behind a comment', () => {
    const rules = '[{"oldName": "value.a", "newName": "b"}]';
    expect(settingsOf(terraform(`"field.renamer.mapping" = <<-EOT\n    ${rules}\n    EOT`), 'a.tf')).toEqual({
      ...ORDERS,
      'field.renamer.mapping': expect.stringContaining(rules),
    });
    expect(settingsOf("CREATE SINK CONNECTOR x WITH ('topics'='orders', /* ours */ 'database'='shop');")).toEqual(
      ORDERS,
    );
  });
});

describe('an expression of Terraform', () => {
  it.each([
    ['{ for k, v in var.x : k => v }', '${terraform: for k, v in var.x  k => v }'],
    ['var.x == "a" ? 1 : 2', '${terraform:var.x == a ? 1  2}'],
    ['jsonencode({ a = 1, b = 2 })', '${terraform:jsonencode( a = 1, b = 2 )}'],
    ['"v" /* of the team */', 'v'],
    ['1 /* one */', '1'],
  ])('is one value: %s', (expression, value) => {
    const text = `config = {\n  "connector.class" = "MongoSinkConnector"\n  a = ${expression}\n  "topics" = "t"\n}`;
    expect(settingsOf(text, 'a.tf')).toMatchObject({ a: value, topics: 't' });
  });
});

describe('merge of Terraform', () => {
  const merged = (parts: string, before = '') =>
    `${before}resource "x" "y" {\n  connector_configuration = merge(${parts})\n}\n`;
  const MAP = '{\n "topics" = "orders"\n "database" = "shop" # ours\n}';

  it.each([
    ['of maps', merged(`${MAP}, {\n "collection" = "c"\n}`)],
    ['on lines of their own', merged(`\n  ${MAP},\n  {\n "collection" = "c"\n },\n`)],
    [
      'of a local map',
      merged(`local.common, ${MAP}`, 'locals {\n  common = {\n "topics" = "x"\n "collection" = "c"\n  }\n}\n'),
    ],
  ])('%s has all of their settings, of which the last applies', (_what, text) => {
    expect(settingsOf(text, 'a.tf')).toEqual({ ...ORDERS, collection: 'c' });
  });

  it.each(['var.extra', 'local.unknown', 'var.x ? { a = "b" } : {}'])(
    'with %s is refused: nothing is dropped silently',
    (part) => {
      expect(faultsOf(merged(`${MAP}, ${part}`), 'a.tf')).toEqual([
        {
          line: 5,
          problem: 'merge has a part that only Terraform can evaluate: write its settings into a map of this file',
        },
      ]);
    },
  );

  it('is refused also where the unknown part comes first', () => {
    const problem = 'merge has a part that only Terraform can evaluate: write its settings into a map of this file';
    expect(faultsOf(merged(`\n  var.extra,\n  ${MAP}\n`), 'a.tf')).toEqual([{ line: 3, problem }]);
  });

  it('of another resource does not matter', () => {
    const other = 'resource "a" "b" {\n config = merge(var.x, var.y)\n}\n';
    expect(settingsOf(merged(MAP, other), 'a.tf')).toEqual(ORDERS);
  });
});

describe('Terraform', () => {
  const TERRAFORM = `resource "aws_mskconnect_connector" "sink" {
  name = "orders"
  capacity {
    provisioned_capacity { worker_count = 1 }
  }
  # what matters
  connector_configuration = {
    "connector.class" = "${SINK}"
    "tasks.max"       = 2, // two
    "topics" = join(",", var.topics)
    "delete.on.null.values" = true
    database          = "shop" # ours
    "connection.uri"  = "mongodb://$\${sm:docdb:username}:\${var.password}@\${aws_docdb_cluster.a.endpoint}/?x=\\"1\\""
  }
  kafkaconnect_version = "3.7.x"
}
`;

  it('is a map of settings; what Terraform alone can evaluate becomes a placeholder', () => {
    const file = read(TERRAFORM, 'sink.tf');
    expect(JSON.parse(packagedText(file))).toEqual({
      'connector.class': SINK,
      'tasks.max': '2',
      topics: '${terraform:join(",", var.topics)}'.replaceAll('"', ''),
      'delete.on.null.values': 'true',
      database: 'shop',
      'connection.uri':
        'mongodb://${sm:docdb:username}:${terraform:var.password}@${terraform:aws_docdb_cluster.a.endpoint}/?x="1"',
    });
    expect(file.container).toBe('Terraform, line 7');
    expect(file.entries.find(({ name }) => name === 'database')?.line).toBe(12);
  });

  it('may have a here-document, null, and numbers', () => {
    const chain = '<<-EOT\n    a-${var.x}, $${sm:a:b}, ${sm:c:d}\n    b\n  EOT';
    const text = `config = {\n  topics = "orders"\n  database = "shop"\n  chain = ${chain}\n  none = null\n  n = 1.5\n}\n`;
    expect(settingsOf(text, 'sink.hcl')).toEqual({
      ...ORDERS,
      chain: '    a-${terraform:var.x}, ${sm:a:b}, ${sm:c:d}\n    b',
      n: '1.5',
    });
  });

  it('is known without its ending, and as a map alone', () => {
    expect(settingsOf(TERRAFORM).database).toBe('shop');
    expect(settingsOf('{\n  "topics" = "orders"\n  database = "shop"\n}\n')).toEqual(ORDERS);
  });
});

describe('ksqlDB', () => {
  it('is a statement with settings', () => {
    const text = `-- sinks
CREATE SOURCE CONNECTOR a WITH ('connector.class' = 'Source', 'topics' = 'x');
CREATE SINK CONNECTOR IF NOT EXISTS \`orders\` WITH (
  'connector.class' = '${SINK}', -- the class
  "topics" = 'orders',
  'tasks.max' = 2,
  database = 'it''s'
);`;
    const file = read(text, 'sink.sql');
    expect(JSON.parse(packagedText(file))).toEqual({
      'connector.class': SINK,
      topics: 'orders',
      'tasks.max': '2',
      database: "it's",
    });
    expect(file.entries.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
  });
});

describe('a script', () => {
  const object = (name: string) => `{"name": "${name}", "config": {
    "connector.class": "${SINK}",
    "topics": "${name}", "database": "shop"}}`;

  it('that posts JSON holds it', () => {
    const text = `#!/bin/sh\nwait_for() { sleep 1; }\ncurl -X PUT -d '${object('orders')}' http://connect:8083/connectors\n`;
    const file = read(text, 'sink.sh');
    expect(JSON.parse(packagedText(file))).toEqual({ 'connector.class': SINK, ...ORDERS });
    expect(file.container).toBe('the JSON in a script, line 3');
    expect(file.entries.map(({ line }) => line)).toEqual([4, 5, 5]);
  });

  it('that makes several connectors is refused with their lines', () => {
    const text = `cat <<EOF\n${object('a')}\nEOF\ncat <<EOF\n${object('b')}\nEOF\n`;
    expect(faultsOf(text)).toEqual([
      {
        line: 0,
        problem: 'the file has several MongoDB sink connectors (lines 2, 7): write one of them in a separate file',
      },
    ]);
  });
});

describe('properties', () => {
  it.each([
    'topics=orders\ndatabase=shop\n',
    '\uFEFFtopics = orders\r\ndatabase: shop\r\n',
    '# { "topics": 1 }\n! config:\ntopics:orders\ndatabase=shop',
    'database=shop\ntopics=\\\n  orders\n',
  ])('are %j', (text) => {
    expect(settingsOf(text)).toEqual(ORDERS);
    expect(read(text).container).toBeUndefined();
  });
});

describe('a text', () => {
  it.each([
    ['{"name": "x"}', 'JSON'],
    ['kind: Pod\nspec:\n  containers: []\n', 'YAML'],
    ['resource "x" "y" {\n  a = 1\n}\n', 'Terraform'],
  ])('%j has no settings', (text, syntax) => {
    expect(faultsOf(text)).toEqual([
      { line: 0, problem: `the file is ${syntax}, but has no settings of a MongoDB sink connector` },
    ]);
  });

  it.each([
    ['properties', 'topics:orders\n', 'a=b\n'],
    ['YAML', 'topics: orders\n', 'database: shop\n'],
    ['JSON', '{"topics": "orders",\n', '"database": "shop"}'],
  ])('with %s is read in a time that grows with its length', (_syntax, begin, end) => {
    const { entries } = read(`${begin}${'\n# c\n  \n'.repeat(200)}${end}`);
    expect(entries).toHaveLength(2);
  });

  it('is always read or refused, and nothing else is thrown', () => {
    const pieces = [
      '{',
      '}',
      '[',
      '"a"',
      ':',
      ',',
      '=',
      '\n',
      ' ',
      '#',
      '//',
      '"connector.class"',
      'topics',
      "'",
      '$' + '{a:b}',
      'config',
      'CREATE SINK CONNECTOR a WITH (',
      'apiVersion:',
    ];
    const texts = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(fc.property(texts, (text) => Array.isArray(read(text).entries)));
  });
});
