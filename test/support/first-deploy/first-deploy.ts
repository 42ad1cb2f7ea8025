import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin, Producer } from '@platformatic/kafka';
import type { Endpoints } from '../../../local/engines/endpoints.ts';
import type { Invocation } from '../../../local/lambda/invocation.ts';
import type { Mapping } from '../../../local/msk-trigger/mapping/mapping.ts';
import { startTrigger, type Trigger } from '../../../local/msk-trigger/runtime/trigger.ts';
import { type DeploySite, openDeploySite } from '../deploy/deploy-site.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { ProjectCopy } from '../deploy/project-copy.ts';
import { KAFKA_PROGRAMS, kafkaFlags } from './kafka-flags.ts';
import { type Mongosh, openMongosh } from './mongosh.ts';
import type { Actor, PageBlock } from './page.ts';
import { type PageCommand, runBlocks } from './page-shell.ts';

const REGION = 'eu-west-1';
const ACCOUNT_A = '111111111111';
const ACCOUNT_B = '222222222222';
const TOPIC = 'first-orders';
const DATABASE = 'first';
/** The local server has a user msk_sinks already. */
const USER = 'first_msk_sinks';
const PASSWORD = 'typed-at-the-keyboard';
const FUNCTIONS = ['kinesisSink', 'documentdbSink'] as const;

/** The first words of commands whose service the local AWS does not have, or has without its effect. */
const NOT_EMULATED = /^(?:kafka|ec2|cloudwatch) /;

/** The page as one who follows it sees it. */
export class FirstDeploy {
  commands: readonly PageCommand[] = [];
  stdout = '';
  topicExistedBefore: boolean | undefined;
  documentsAfterCleanup: number | undefined;
  readonly smokeAnswers: unknown[] = [];
  /** The answer to the last line of mongosh. */
  found: unknown;
  readonly #triggers: Trigger[] = [];
  #blocks: readonly PageBlock[] = [];

  readonly #endpoints: Endpoints;
  readonly #site: DeploySite;
  readonly #mongosh: Mongosh;
  readonly #admin: Admin;
  readonly #producer: Producer;

  private constructor(endpoints: Endpoints, site: DeploySite, mongosh: Mongosh) {
    this.#endpoints = endpoints;
    this.#site = site;
    this.#mongosh = mongosh;
    const client = { clientId: 'first-deploy', bootstrapBrokers: endpoints.kafka.bootstrapServers.split(',') };
    this.#admin = new Admin(client);
    this.#producer = new Producer(client);
  }

  static async open(endpoints: Endpoints): Promise<FirstDeploy> {
    const site = await openDeploySite({ region: REGION, accountA: ACCOUNT_A, accountB: ACCOUNT_B });
    return new FirstDeploy(endpoints, site, await openMongosh(endpoints));
  }

  get project(): ProjectCopy {
    return this.#site.project;
  }

  async follow(blocks: readonly PageBlock[]): Promise<void> {
    this.#blocks = blocks.map((block) => ({ ...block, text: this.#localised(block.text) }));
    const texts = this.#blocks.map(({ language, text }) => (language === 'js' ? 'mongosh' : text));
    const run = await runBlocks(texts, {
      programs: ['aws', 'npx', 'npm', 'mongosh', 'curl', 'tar', ...KAFKA_PROGRAMS],
      folder: this.#site.folder,
      cwd: this.project.folder,
      keyboard: `${PASSWORD}\n`,
      run: (command) => this.#run(command),
    });
    this.commands = run.commands;
    this.stdout = run.stdout;
  }

  async remains(): Promise<Readonly<Record<string, unknown>>> {
    const { accountA, accountB } = this.#site;
    const living = { query: "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName" };
    const [stacksOfA, stacksOfB, buckets, streams] = await Promise.all([
      accountA.aws('cloudformation list-stacks', living) as Promise<readonly string[]>,
      accountB.aws('cloudformation list-stacks', living) as Promise<readonly string[]>,
      accountA.aws('s3api list-buckets', { query: 'Buckets[].Name' }),
      accountB.aws('kinesis list-streams', { query: 'StreamNames' }),
    ]);
    return { stacks: [...stacksOfA, ...stacksOfB], buckets, streams };
  }

  async close(): Promise<void> {
    await Promise.all(this.#triggers.map((trigger) => trigger.stop(0)));
    await Promise.all([this.#admin.close(), this.#producer.close(), this.#mongosh.close()]);
    await this.#site.close();
  }

  /** The names and ids that a reader of the page replaces by their own. */
  #localised(text: string): string {
    const { host, port } = this.#endpoints.documentdb;
    return text
      .replace(/DOCUMENTDB_HOST=\S+ DOCUMENTDB_PORT=\d+/, `DOCUMENTDB_HOST=${host} DOCUMENTDB_PORT=${port}`)
      .replace('TOPIC=orders DATABASE=shop', `TOPIC=${TOPIC} DATABASE=${DATABASE}`)
      .replaceAll('"msk_sinks"', `"${USER}"`)
      .replaceAll('"shop"', `"${DATABASE}"`)
      .replaceAll('getCollection("orders")', `getCollection("${TOPIC}")`);
  }

  async #run(command: PageCommand): Promise<string> {
    const { program, args, input } = command;
    switch (program) {
      case 'aws':
        return await this.#aws(command);
      case 'npx':
        return await this.#npx(args);
      case 'npm':
        return await this.#npm(args);
      case 'mongosh':
        return await this.#evaluate(this.#blocks[command.block]?.text ?? '');
      case 'kafka-console-producer.sh':
        return await this.#produce(kafkaFlags(program, args), input);
      case 'kafka-topics.sh':
      case 'kafka-acls.sh':
        kafkaFlags(program, args);
        return '';
      default:
        return ''; // downloads, which this machine does not make
    }
  }

  async #aws({ block, args, input }: PageCommand): Promise<string> {
    const actor = this.#actor(this.#blocks[block]?.actor ?? 'anybody');
    const words = args.map((word) => this.#asFile(word, input));
    const { cli } = this.#site;
    if (!NOT_EMULATED.test(args.join(' '))) return await cli.run(words, actor.environment);
    await cli.check(words, actor.environment);
    const [, operation] = args;
    if (operation === 'create-topic') await this.#createTopic();
    return ANSWERS[operation ?? '']?.(this.#endpoints) ?? '';
  }

  /** The commands of the AWS CLI run elsewhere, and have no standard input. */
  #asFile(word: string, input: string): string {
    if (word === 'file:///dev/stdin') return input;
    return word.replace(/^file:\/\/(?!\/)/, `file://${this.project.folder}/`);
  }

  #actor(actor: Actor): Deployer {
    const { accountA, accountB, deployer } = this.#site;
    return { administratorA: accountA, administratorB: accountB, deployer, anybody: deployer }[actor];
  }

  async #createTopic(): Promise<void> {
    this.topicExistedBefore = (await this.#admin.listTopics()).includes(TOPIC);
    await this.#admin.createTopics({ topics: [TOPIC], partitions: 3, replicas: 1 });
  }

  async #npx([, command = '', ...options]: readonly string[]): Promise<string> {
    if (command === 'package') await this.#fillIn();
    const { stdout } = await this.#site.serverless(command, ...options);
    if (command === 'deploy') await this.#startTriggers();
    if (command === 'invoke') await this.#judgeSmokeTest(stdout);
    if (command === 'remove') await this.#leaveDeadLetter();
    return stdout;
  }

  /** The page says: an empty list, or the function's log has the reason. */
  async #judgeSmokeTest(stdout: string): Promise<void> {
    const answer: { readonly batchItemFailures: readonly unknown[] } = JSON.parse(stdout);
    this.smokeAnswers.push(answer);
    if (answer.batchItemFailures.length > 0) throw await this.#unsettled('the smoke test');
  }

  /** With the functions' reasons. */
  async #unsettled(what: string): Promise<Error> {
    const reasons = await Promise.all(
      FUNCTIONS.map((name) => {
        const group = { 'log-group-name': `/aws/lambda/msk-sinks-dev-${name}`, query: 'events[].message' };
        return this.#site.accountA.aws('logs filter-log-events', group);
      }),
    );
    return new Error(`${what} is unsettled: ${JSON.stringify(reasons)}`);
  }

  /** What the reader writes into config/dev.yml, from what the blocks before have printed. */
  async #fillIn(): Promise<void> {
    const { accountA, accountB } = this.#site;
    const outputs = await accountB.aws('cloudformation describe-stacks', {
      'stack-name': 'msk-sinks-stream',
      query: 'Stacks[0].Outputs[].[OutputKey, OutputValue]',
    });
    const { StreamArn, RoleArn } = Object.fromEntries(outputs as [string, string][]);
    const secret = { 'secret-id': 'msk-sinks/dev/documentdb', query: 'ARN' };
    await this.project.change('dev', {
      'trigger.topics': [TOPIC],
      'kinesisSink.streamArn': StreamArn,
      'kinesisSink.roleArn': RoleArn,
      'documentdbSink.secretArn': await accountA.aws('secretsmanager describe-secret', secret),
      'documentdbSink.database': DATABASE,
      'documentdbSink.caBundle': this.#endpoints.documentdb.caFile,
      'documentdbSink.replicaSet': 'secantus',
    });
  }

  async #npm(args: readonly string[]): Promise<string> {
    if (args[0] === 'ci') return ''; // the copy has its packages
    const [, script = '', , ...options] = args;
    const { scripts } = JSON.parse(await readFile(join(this.project.folder, 'package.json'), 'utf8'));
    const file = String(scripts[script]).replace('node bootstrap.mjs ', '');
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...options], { cwd: this.project.folder });
    return stdout;
  }

  async #evaluate(text: string): Promise<string> {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
    for (const line of lines) {
      this.found = await this.#mongosh.evaluate(line, PASSWORD);
      if (!line.endsWith('.drop()')) continue;
      this.documentsAfterCleanup = (await this.#mongosh.documentCounts(DATABASE)).reduce(
        (sum, count) => sum + count,
        0,
      );
    }
    return '';
  }

  /** The event source mappings, which the local AWS has without pollers. */
  async #startTriggers(): Promise<void> {
    for (const name of FUNCTIONS) {
      this.#triggers.push(
        await startTrigger({
          mapping: mappingOf(name),
          bootstrapServers: this.#endpoints.kafka.bootstrapServers,
          invoke: (event) => this.#invoke(name, event),
          partialFailureRetry: 'listedOnly',
          log: () => undefined,
        }),
      );
    }
  }

  async #invoke(name: string, event: string): Promise<Invocation> {
    const [payload, answer] = ['event', 'answer'].map((what) => join(this.#site.folder, `${name}-${what}.json`));
    await writeFile(payload ?? '', event);
    const own = { 'function-name': `msk-sinks-dev-${name}`, payload: `fileb://${payload}` };
    await this.#site.accountA.aws('lambda invoke', own, answer ?? '');
    return { kind: 'answered', payload: await readFile(answer ?? '', 'utf8'), durationMs: 0 };
  }

  /** Returns when both functions have settled the records, as some seconds on AWS would. */
  async #produce(flags: ReadonlyMap<string, string>, input: string): Promise<string> {
    const topic = flags.get('--topic') ?? '';
    const messages = input
      .trim()
      .split('\n')
      .map((line) => {
        const [, key = '', value = ''] = /^([^:]*):(.*)$/.exec(line) ?? [];
        return { topic, key: Buffer.from(key), value: Buffer.from(value) };
      });
    await this.#producer.send({ messages, acks: 1 });
    const open = async () => (await Promise.all(this.#triggers.map((trigger) => trigger.lag()))).flat();
    const endMs = Date.now() + SETTLE_MS_MAX;
    while ((await open()).some(({ lag }) => lag > 0)) {
      if (Date.now() > endMs) throw await this.#unsettled('the record');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return '';
  }

  /** One object, so that the page's last commands have something to delete. */
  async #leaveDeadLetter(): Promise<void> {
    const letter = { bucket: `msk-sinks-dev-${ACCOUNT_A}-dead-letters`, key: 'dead-letters/one.json' };
    await this.#site.accountA.aws('s3api put-object', letter);
  }
}

const POLL_MS = 100;
/** As long as an invocation may take. */
const SETTLE_MS_MAX = 120_000;

/** What commands print whose service is not emulated. */
const ANSWERS: Readonly<Record<string, (endpoints: Endpoints) => string>> = {
  'get-bootstrap-brokers': ({ kafka }) => kafka.bootstrapServers,
  'create-security-group': () => 'sg-0cccccccccccccccc',
};

const mappingOf = (name: string): Mapping => ({
  logicalId: `${name}Mapping`,
  functionLogicalId: name,
  isEnabled: true,
  eventSourceArn: `arn:aws:kafka:${REGION}:${ACCOUNT_A}:cluster/orders-dev/11111111-2222-3333-4444-555555555555-1`,
  topic: TOPIC,
  consumerGroupId: `msk-sinks-dev-${name}-${TOPIC}`,
  startingPosition: { kind: 'TRIM_HORIZON' },
  filters: [],
  batchRecordsMax: 1000,
  windowMs: 0,
  pollers: { min: 1, max: 3 },
  reportsItemFailures: true,
  retriesMax: 10_000,
  recordAgeMaxMs: Number.POSITIVE_INFINITY,
  bisects: false,
  destination: undefined,
});
