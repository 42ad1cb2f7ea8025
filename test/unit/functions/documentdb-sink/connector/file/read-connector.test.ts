// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Kafka Connect.
import { describe, expect, it } from 'vitest';
import { functionSettings } from '../../../../../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const MINIMUM = 'topics=orders\ndatabase=shop\n';
const read = (text: string, environment = {}) => readConnector(text, { where: 'orders.properties', environment });
const problemsOf = (text: string): readonly string[] => {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

describe('a connector file', () => {
  it('holds for each topic what is set for it, then what is set for all, then the default', () => {
    const connector = read(
      'topics= a, b.c ,b\ndatabase=shop\ncollection=all\ntopic.override.b.c.collection=own\ntopic.override.b.database=other\n',
    );
    expect(connector.topics).toEqual(['a', 'b.c', 'b']);
    const namespaces = connector.topics.map((topic) => {
      const properties = connector.propertiesByTopic(topic);
      return `${properties.text('database')}.${properties.text('collection')}`;
    });
    expect(namespaces).toEqual(['shop.all', 'shop.own', 'other.all']);
    expect(connector.propertiesByTopic('a').text('writemodel.strategy')).toBe(
      `${SINK}.writemodel.strategy.DefaultWriteModelStrategy`,
    );
  });

  it.each([
    ['the JSON of MSK Connect', { connectorConfiguration: { topics: 'orders', database: 'shop' }, connectorName: 'x' }],
    ['the JSON of the REST API', { name: 'x', config: { topics: 'orders', database: 'shop', 'tasks.max': 2 } }],
    ['a JSON object of its properties', { topics: 'orders', database: 'shop' }],
  ])('may be %s', (_form, content) => {
    const connector = read(JSON.stringify(content));
    expect(connector.topics).toEqual(['orders']);
    expect(connector.propertiesByTopic('orders').text('database')).toBe('shop');
  });

  it('keeps the placeholders of a secret as they are written', () => {
    const uri = `mongodb://\${sm:docdb:username}:\${sm:docdb:password}@cluster:27017/?tls=true`;
    const connector = read(
      `${MINIMUM}connection.uri=${uri}\nconfig.providers=sm\nconfig.providers.sm.class=com.example.Sm`,
    );
    expect(connector.connectionUri).toBe(uri);
    expect(connector.providers).toEqual(new Map([['sm', 'com.example.Sm']]));
  });

  it('resolves env placeholders where a value is needed at packaging, and refuses any other', () => {
    const text = `topics=orders-\${env:STAGE}\ndatabase=shop\n`;
    expect(read(text, { STAGE: 'dev' }).topics).toEqual(['orders-dev']);
    expect(problemsOf(`${MINIMUM}collection=\${sm:secret:collection}`)).toEqual([
      'line 3: collection must be known when the function is packaged: use no placeholder except env',
    ]);
  });

  it('lists every problem at once, with the line, the name and the remedy', () => {
    const text = [
      'topic=orders',
      'database=a/b',
      'csfle.enabled=true',
      'max.batch.size=-1',
      'post.processor.chain=com.example.Mine',
      'delete.on.null.values=ja',
      'document.id.strategie=x',
      'topics.regex=orders-.*',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('line 2: database must be a database name'),
      'line 3: csfle.enabled is refused: the function has no key vault and no library for client-side field level encryption; encrypt the fields in the producer',
      'line 4: max.batch.size must be a whole number of records from 0 to 2147483647, got "-1"',
      expect.stringMatching(
        /line 5: post\.processor\.chain is refused: com\.example\.Mine is not a built-in class.* custom\.<name>/,
      ),
      'line 6: delete.on.null.values must be `true` or `false`, got "ja"',
      'line 8: topics.regex must be resolved to topics before packaging: run npm run topics -- --stage STAGE',
      'line 1: topic is not a property of the connector: did you mean topics?',
      'line 7: document.id.strategie is not a property of the connector: did you mean document.id.strategy?',
    ]);
  });

  it.each(['TimeseriesTimeFieldAutoConversion', `${SINK}.processor.TimeseriesTimeFieldAutoConversion`])(
    'refuses a processor that the connector adds itself, and cannot make of a list: %s',
    (name) => {
      expect(problemsOf(`${MINIMUM}post.processor.chain=DocumentIdAdder, ${name}`)).toEqual([
        expect.stringContaining(
          'post.processor.chain is refused: the connector cannot make TimeseriesTimeFieldAutoConversion of this list. Take the class out, and set timeseries.timefield and timeseries.timefield.auto.convert=true',
        ),
      ]);
    },
  );

  it.each([
    ['use.latest.version', 'true'],
    ['latest.compatibility.strict', 'false'],
    ['use.latest.with.metadata', 'major=2'],
    ['use.schema.id', '7'],
    ['latest.cache.size', '10'],
    ['latest.cache.ttl.sec', '60'],
  ])("says why a registry's client needs no %s, and guesses no other name", (name, value) => {
    const { ignored, meaningless } = read(`${MINIMUM}value.converter=Avro\nvalue.converter.${name}=${value}`);
    expect(ignored).toEqual([]);
    expect(meaningless).toContainEqual({
      name: expect.stringContaining(`value.converter.${name}`),
      reason: 'values are read with the schema that wrote them',
    });
  });

  it('takes the typed values that Kafka Connect takes, and the words of YAML', () => {
    const text = `${MINIMUM}delete.on.null.values= yes \nfield.renamer.mapping=[]\npost.processor.chain=\nvalue.converter=Json\ndocument.id.strategy=FullKeyStrategy`;
    const properties = read(text).propertiesByTopic('orders');
    expect(properties.flag('delete.on.null.values')).toBe(true);
    expect(properties.list('post.processor.chain')).toEqual([]);
    expect(properties.text('value.converter')).toBe('org.apache.kafka.connect.json.JsonConverter');
    expect(properties.text('document.id.strategy')).toBe(`${SINK}.processor.id.strategy.FullKeyStrategy`);
    expect(read('topics=a,, b ,a,\ndatabase=shop').topics).toEqual(['a', 'b']);
  });

  it('asks which class is meant where several have the name', () => {
    expect(problemsOf(`${MINIMUM}change.data.capture.handler=ChangeStreamHandler`)).toEqual([
      `line 3: change.data.capture.handler is the name of several classes: write ${SINK}.cdc.debezium.mongodb.ChangeStreamHandler or ${SINK}.cdc.mongodb.ChangeStreamHandler`,
    ]);
  });

  describe('a name that is unknown', () => {
    const STRATEGY = `${SINK}.writemodel.strategy.InsertOneDefaultStrategy`;

    it('is ignored as Kafka Connect does, and listed with what was probably meant', () => {
      const text = `${MINIMUM}linger.ms=1\nmax.batch.siz=7\ntopic.override.orders.acks=1`;
      expect(read(text).ignored).toEqual([
        'line 3: linger.ms',
        'line 4: max.batch.siz: did you mean max.batch.size?',
        'line 5: topic.override.orders.acks',
      ]);
    });

    it.each([
      `write.model.strategy=${STRATEGY}`,
      'colection=x',
      'connection.url=mongodb://cluster/',
      'topic.override.orders.collections=x',
      'csfle.enable=true',
      'field.renamer.regex=[{"regexp": "a", "pattern": "a", "replace": "b"}]\npost.processor.chain=RenameByRegExp',
    ])('is an error where it misses a known name by a letter or two that would have changed documents: %s', (line) => {
      expect(problemsOf(MINIMUM + line)).toEqual([
        expect.stringMatching(/^line 3: .* is not a property of the connector: did you mean .*\?$/),
      ]);
    });

    it.each([
      ['the value is the default', 'delete.on.null.value=false'],
      ['the known name is set as well', `write.model.strategy=${STRATEGY}\nwritemodel.strategy=${STRATEGY}`],
      ['others leave it unread', 'field.renamer.regex=[{"regexp": "a", "pattern": "a", "replace": "b"}]'],
      ['its converter does not read it', 'key.converter.schema.enable=false'],
      ['it has no meaning here', 'task.max=3'],
    ])('is ignored where %s', (_why, line) => {
      expect(problemsOf(MINIMUM + line)).toEqual([]);
    });

    it('is an error with msksinks.strict, and where it is one of our own', () => {
      expect(problemsOf(`${MINIMUM}linger.ms=1\nmsksinks.strict=true`)).toEqual([
        'line 3: linger.ms is not a property of the connector',
      ]);
      expect(problemsOf(`${MINIMUM}msksinks.delete=hard`)).toEqual([
        'line 3: msksinks.delete is not a property of the connector: did you mean msksinks.deletes?',
      ]);
    });
  });

  it('passes over what is set for a topic that is not read, also where its name begins with that of another topic', () => {
    const { meaningless, ignored } = read(
      `${MINIMUM}topic.override.orders.v2.collection=x\ntopic.override.other.acks=1`,
    );
    const reason = '`topics` does not list this topic';
    expect(meaningless).toEqual([
      { name: 'line 3: topic.override.orders.v2.collection', reason },
      { name: 'line 4: topic.override.other.acks', reason },
    ]);
    expect(ignored).toEqual([]);
  });

  it('resolves variables also by an own name of their provider, and by the names under which Lambda has them', () => {
    const provider =
      'config.providers=vars\nconfig.providers.vars.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n';
    const text = `${provider}topics=\${vars:T}\ndatabase=shop`;
    expect(read(text, { T: 'orders' }).topics).toEqual(['orders']);
    expect(read(text, { CONNECTOR_VARIABLE_54: 'orders' }).topics).toEqual(['orders']);
    expect(problemsOf(text)).toEqual(['line 3: topics contains ${vars:T}: set T in the environment of this command']);
    expect(problemsOf('topics=${vars:T}\ndatabase=shop')).toEqual([
      'line 1: topics must be known when the function is packaged: use no placeholder except env',
    ]);
  });

  it('takes any pause between retries, as Kafka Connect does', () => {
    for (const value of ['-1', '0', '-2']) {
      expect(problemsOf(`${MINIMUM}errors.retry.delay.max.ms=${value}\nerrors.retry.timeout=${value}`)).toEqual([]);
    }
  });

  it('passes over what Kafka Connect reads for all topics together, unless failures would be treated otherwise', () => {
    expect(read(`${MINIMUM}topic.override.orders.tasks.max=2`).ignored).toEqual([
      'line 3: topic.override.orders.tasks.max',
    ]);
    expect(problemsOf(`${MINIMUM}errors.tolerance=all\ntopic.override.orders.errors.tolerance=all`)).toEqual([]);
    expect(problemsOf(`${MINIMUM}errors.tolerance=all\ntopic.override.orders.errors.tolerance= all `)).toEqual([]);
    for (const property of ['errors.tolerance=all', 'mongo.errors.tolerance=all', 'msksinks.deletes=hard']) {
      const name = `topic.override.orders.${property.slice(0, property.indexOf('='))}`;
      expect(problemsOf(`${MINIMUM}topic.override.orders.${property}`)).toEqual([
        expect.stringContaining(`${name} cannot be set for one topic`),
      ]);
    }
  });

  it('takes a misspelt name for an error where its own value would give the property an effect', () => {
    const named = `${MINIMUM}timeseries.timefield=ts\n`;
    expect(problemsOf(`${named}timeseries.timefield.auto.covert=true`)).toHaveLength(1);
    expect(problemsOf(`${named}timeseries.timefield.auto.covert=false`)).toEqual([]);
    expect(problemsOf(`${MINIMUM}timeseries.timefield.auto.covert=true`)).toEqual([]);
  });

  it('says what has no effect by the properties of its topic', () => {
    const projector = `${SINK}.processor.AllowListKeyProjector`;
    const own = `${MINIMUM}topic.override.orders.key.projection.list=a\n`;
    const chain = `post.processor.chain=${projector}`;
    const namesOf = (text: string) => read(text).meaningless.map(({ name }) => name);
    expect(namesOf(`${own}topic.override.orders.${chain}`)).toEqual([]);
    expect(namesOf(own)).toEqual(['topic.override.orders.key.projection.list']);
    expect(namesOf(`${MINIMUM}key.projection.list=a\ntopic.override.orders.${chain}`)).toEqual(['key.projection.list']);
  });

  it('names the variable that an env placeholder waits for, and says nothing else of that property', () => {
    expect(problemsOf(`topics=\${env:TOPICS}\ndatabase=shop\nconnection.uri=\${env:URI}`)).toEqual([
      `line 1: topics contains \${env:TOPICS}: set TOPICS in the environment of this command`,
      `line 3: connection.uri contains \${env:URI}: set URI in the environment of this command`,
    ]);
  });

  it('never quotes what an env placeholder stands for', () => {
    const text = `${MINIMUM}errors.tolerance=\${env:SECRET}\nvalue.converter=\${env:SECRET}`;
    expect(() => read(text, { SECRET: 'hunter2' })).toThrow(expect.not.stringContaining('hunter2'));
  });

  it('takes a refused property that has its default: it asks for nothing', () => {
    expect(problemsOf(`${MINIMUM}csfle.enabled=false\ntransforms=\ntimeseries.expire.after.seconds=0`)).toEqual([]);
  });

  it('reports once what it takes without a meaning, and why', () => {
    const text = `${MINIMUM}name=x\ntasks.max=3\ntasks.max=4\nconnection.ssl.truststore=\${s3import:eu-west-1:bucket/store.jks}\ntopic.override.other.collection=c`;
    expect(read(text).meaningless.map(({ name }) => name)).toEqual([
      'line 4: tasks.max',
      'line 7: topic.override.other.collection',
      'name',
      'tasks.max',
      'connection.ssl.truststore',
    ]);
  });

  it('takes what the connector would do to the collection or the load, and says that it is not done', () => {
    const text = `${MINIMUM}timeseries.timefield=ts\ntimeseries.metafield=m\ntimeseries.granularity=hours\nrate.limiting.timeout=10\nrate.limiting.every.n=0\nserver.api.version=1`;
    expect(read(text).meaningless.map(({ name }) => name)).toEqual([
      'timeseries.timefield',
      'timeseries.metafield',
      'timeseries.granularity',
      'rate.limiting.timeout',
      'server.api.version',
    ]);
  });

  it('reports what a CDC handler overrules', () => {
    const handler = `change.data.capture.handler=${SINK}.cdc.debezium.rdbms.postgres.PostgresHandler`;
    expect(read(`${MINIMUM}${handler}\ndelete.on.null.values=true`).meaningless).toEqual([
      { name: 'delete.on.null.values', reason: 'change.data.capture.handler replaces it' },
    ]);
  });

  it('wants a database, of the file or of every topic', () => {
    expect(problemsOf('topics=a,b\ntopic.override.a.database=x')).toEqual(['database is missing']);
    expect(problemsOf('topics=a,b\ntopic.override.a.database=x\ntopic.override.b.database=y')).toEqual([]);
  });

  it.each([
    ['topic.override.orders.errors.tolerance=all', 'cannot be set for one topic'],
    ['errors.tolerance=some', 'must be one of'],
    ['value.converter=io.apicurio.registry.utils.converter.AvroConverter', 'is not a built-in converter'],
    ['value.converter=com.blueapron.connect.protobuf.ProtobufConverter', 'trigger.schemaRegistry'],
    ['value.converter.generalized.sum.type.support=true', 'is refused'],
    [`namespace.mapper=${SINK}.namespace.mapping.FieldPathNamespaceMapper`, 'requires at least one of'],
    [
      `namespace.mapper=${SINK}.namespace.mapping.FieldPathNamespaceMapper\nnamespace.mapper.key.database.field=a\nnamespace.mapper.value.database.field=b`,
      'cannot both be set',
    ],
    ['delete.on.null.values=true', 'requires a document.id.strategy that reads the key'],
    ['msksinks.guard=field', 'requires msksinks.guard.field'],
    ['msksinks.guard.field=a', 'has no effect without'],
    [
      'timeseries.timefield=ts\nmsksinks.timeseries.ordinary.collection=false',
      'DocumentDB has no time series collections',
    ],
    [
      `msksinks.deletes=tombstone\nwritemodel.strategy=${SINK}.writemodel.strategy.UpdateOneTimestampsStrategy`,
      'cannot be combined with a strategy that sets _insertedTS',
    ],
  ])('refuses %s', (lines, reason) => {
    expect(problemsOf(MINIMUM + lines)).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    ['MongoSink', []],
    ['MongoSinkConnector', []],
    ['com.mongodb.kafka.connect.MongoSinkConnector', []],
    ['com.acme.MongoSinkConnector', [expect.stringContaining('connector.class must be')]],
    ['MongoSinkConnectorTask', [expect.stringContaining('connector.class must be')]],
  ])('of the class %s is one of this connector, or none', (name, problems) => {
    expect(problemsOf(`${MINIMUM}connector.class=${name}`)).toEqual(problems);
  });

  it.each([
    ['document.id.strategy=custom.Mine', []],
    ['key.converter=custom.Mine', [expect.stringContaining('custom.Mine is not a built-in converter')]],
    ['document.id.strategy=some words', [expect.stringContaining('document.id.strategy must be')]],
    [
      'post.processor.chain=com.mongodb.kafka.connect.sink.processor.DocumentIdAdder,com.acme.Mine',
      [expect.stringMatching(/post\.processor\.chain is refused: com\.acme\.Mine is not a built-in class/)],
    ],
  ])('%s is taken, or refused by the name that is wrong', (line, problems) => {
    expect(problemsOf(MINIMUM + line)).toEqual(problems);
  });

  it('may have blanks around its values in JSON', () => {
    const uri = 'mongodb://app@c/';
    const blank = { topics: ' orders ', database: ' shop ', 'connection.uri': ` ${uri} `, 'topics.regex': ' ' };
    const providers = { 'config.providers': 'v', 'config.providers.v.class': ' com.acme.Env ' };
    const { topics, properties, connectionUri, providers: found } = read(JSON.stringify({ ...blank, ...providers }));
    expect([topics, properties.text('database'), connectionUri]).toEqual([['orders'], 'shop', uri]);
    expect(found).toEqual(new Map([['v', 'com.acme.Env']]));
  });

  it('hands transforms and predicates on, and nothing that only ends so', () => {
    const text = `${MINIMUM}transforms=t\ntransforms.t.type=x\npredicates=p\npredicates.p.type=y\n`;
    expect([...read(text).transforms.keys()]).toEqual(
      expect.arrayContaining(['transforms.t.type', 'predicates.p.type']),
    );
    expect([...read(`${text}mytransforms.t.type=x\ntransformsx=y`).transforms.keys()].toSorted()).toEqual([
      ...['predicates', 'predicates.p.type', 'transforms', 'transforms.t.type'],
    ]);
  });

  it('says of which topic a problem is, unless it is of all', () => {
    const strategy = `${SINK}.processor.id.strategy.FullKeyStrategy`;
    expect(
      problemsOf(
        `topics=a,b\ndatabase=x\ndelete.on.null.values=true\ntopic.override.a.document.id.strategy=${strategy}`,
      ),
    ).toEqual([expect.stringMatching(/^topic b: delete\.on\.null\.values/)]);
  });

  it('never quotes a secret, and nothing of a file that is no JSON', () => {
    const secret = 'hunter2';
    const texts = [`{"connection.uri": "${secret}`, `${MINIMUM}csfle.local.master.key=${secret}`];
    for (const text of texts) expect(problemsOf(text).join('\n')).not.toContain(secret);
  });

  it('says what becomes of failures and deletes in the whole function', () => {
    expect(functionSettings(read(MINIMUM))).toEqual({
      onPoison: 'block',
      deadLetterTopic: undefined,
      deletes: 'hard',
      tombstoneTtlSeconds: 2_592_000,
      missingIndex: 'write',
      onNoMatch: 'ignore',
    });
    const text = `${MINIMUM}errors.tolerance=all\nerrors.deadletterqueue.topic.name=dlq\nmsksinks.deletes=tombstone\nmsksinks.update.unmatched=deadLetter\nmsksinks.guard.missingIndex=block`;
    expect(functionSettings(read(text))).toMatchObject({
      onPoison: 'deadLetter',
      deadLetterTopic: 'dlq',
      deletes: 'tombstone',
      missingIndex: 'block',
      onNoMatch: 'deadLetter',
    });
    expect(functionSettings(read(`${MINIMUM}errors.tolerance=all\nmongo.errors.tolerance=none`)).onPoison).toBe(
      'block',
    );
    expect(functionSettings(read(`${MINIMUM}mongo.errors.tolerance=DATA`)).onPoison).toBe('deadLetter');
  });

  it('has an epoch for each topic', () => {
    const { epochs, meaningless } = read(`${MINIMUM}msksinks.guard.epoch.orders=2\nmsksinks.guard.epoch.other=1`);
    expect(epochs).toEqual(new Map([['orders', 2]]));
    expect(meaningless).toEqual([expect.objectContaining({ name: 'line 4: msksinks.guard.epoch.other' })]);
  });
});
