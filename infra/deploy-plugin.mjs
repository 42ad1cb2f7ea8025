// A Serverless Framework plugin for `deploy`. Before anything changes, it checks the account, prints what CloudFormation will do
// about changed create-only properties, and refuses changes that would fail. It also lets the deployment adopt the dead-letter
// bucket that an earlier `remove` left (docs/decisions/0006-adopt-the-bucket.md). Afterwards it sets the stack's protection, and
// waits until the mappings read.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);
/** Loaded on demand: only a deployment needs esbuild here. */
const loadTypescript = (name) => require('./load-typescript.cjs')(name);

// biome-ignore lint/style/noDefaultExport: the framework loads a plugin from the default export.
export default class DeployPlugin {
  /** @param {object} serverless @param {object} _options @param {{ log: object }} utilities the framework's loggers */
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.hooks = {
      // Every command that changes something in the account.
      'before:deploy:function:initialize': () => this.checkAccount(),
      'before:rollback:initialize': () => this.checkAccount(),
      'before:rollback:function:rollback': () => this.checkAccount(),
      'before:remove:remove': () => this.checkAccount(),
      // Runs after packaging and the framework's own checks: its plugins registered this hook earlier.
      'before:deploy:deploy': async () => {
        await this.checkAccount();
        await this.compareWithDeployed();
        await this.compareWithTopics();
        this.adoptWhatExists();
      },
      'after:deploy:deploy': async () => {
        await this.protectFromTermination();
        await this.waitForMappings();
      },
    };
  }

  /**
   * Refuses the credentials of another account: everything would be deployed, or removed, there.
   * @throws the framework's own error
   */
  async checkAccount() {
    const { custom, provider } = this.serverless.service;
    const accountId = await this.serverless.getProvider('aws').getAccountId();
    if (accountId === custom.accountId) return;
    throw new this.serverless.classes.Error(
      `config/${provider.stage}.yml is for account ${custom.accountId}, but the AWS credentials belong to account ${accountId}. Nothing was changed. Use credentials of ${custom.accountId} (AWS_PROFILE, --aws-profile), or correct accountId.`,
      'MSK_SINKS_OTHER_ACCOUNT',
    );
  }

  /** @throws the framework's own error, which lists every change that cannot be deployed */
  async compareWithDeployed() {
    const { provider } = this.serverless.service;
    if (provider.stage === 'local') return;
    const deployed = await this.deployedTemplate();
    if (deployed === undefined) return;
    const { createOnlyChanges, TWO_DEPLOYMENTS } = loadTypescript('deploy/create-only-changes');
    const { refusals, notices } = createOnlyChanges(deployed, provider.compiledCloudFormationTemplate);
    if (refusals.length > 0) {
      throw new this.serverless.classes.Error(
        `config/${provider.stage}.yml has changes that cannot be deployed over the existing stack. Nothing was changed.\n${listed(refusals)}\n${TWO_DEPLOYMENTS}`,
        'MSK_SINKS_CREATE_ONLY_CHANGE',
      );
    }
    if (notices.length > 0) this.log.notice(literal(`What CloudFormation will do:\n${listed(notices)}`));
  }

  /** Says which topics of the cluster a connector's `topics.regex` matches since their list was written. */
  async compareWithTopics() {
    const { provider } = this.serverless.service;
    if (provider.stage === 'local') return;
    const { listTopicsWith, newTopics } = loadTypescript('deploy/new-topics');
    const configuration = await this.clientConfiguration();
    const notice = await newTopics(provider.stage, listTopicsWith(configuration));
    if (notice !== undefined) this.log.notice(literal(notice));
  }

  /**
   * Sets the stack's termination protection as the stage file says.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
   */
  async protectFromTermination() {
    const { terminationProtection } = this.serverless.service.custom;
    if (typeof terminationProtection !== 'boolean') return;
    const { UpdateTerminationProtectionCommand } = sdkOfTheFramework('cloudformation');
    const { client, stackName } = await this.cloudFormation();
    const parameters = { StackName: stackName, EnableTerminationProtection: terminationProtection };
    await client.send(new UpdateTerminationProtectionCommand(parameters));
  }

  /**
   * Waits until Lambda says of each mapping that it reads: CloudFormation is done before a mapping has connected to the cluster.
   * @throws the framework's own error, with what Lambda says of the others
   */
  async waitForMappings() {
    const { service } = this.serverless;
    const { stage, compiledCloudFormationTemplate: template } = service.provider;
    const aws = this.serverless.getProvider('aws');
    const functionNames = new Map(
      Object.entries(service.functions).map(([name, { name: inLambda }]) => [
        aws.naming.getLambdaLogicalId(name),
        inLambda,
      ]),
    );
    const { expectedMappings } = loadTypescript('deploy/mapping-states');
    const { notReading, waitForMappings } = loadTypescript('deploy/wait-for-mappings');
    const open = await waitForMappings({
      expected: expectedMappings(template, functionNames),
      list: await this.mappingLister(),
      nowMs: Date.now,
      sleep,
      print: (line) => this.log.notice(literal(line)),
    });
    if (open.length > 0) throw new this.serverless.classes.Error(notReading(stage, open), 'MSK_SINKS_NOT_READING');
  }

  async mappingLister() {
    const { LambdaClient, paginateListEventSourceMappings } = sdkOfTheFramework('lambda');
    const client = new LambdaClient(await this.clientConfiguration());
    return async (FunctionName) => {
      const listed = [];
      for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, { FunctionName })) {
        listed.push(...EventSourceMappings);
      }
      return listed.map(({ Topics: topics = [], State: state = '', LastProcessingResult: lastProcessingResult }) => ({
        ...{ topics, state, lastProcessingResult },
      }));
    };
  }

  /**
   * Of an AWS client. osls has one ready, with proxy and CA; Serverless Framework 4 has the credentials alone
   * (https://github.com/serverless/serverless/blob/main/packages/serverless/lib/plugins/aws/provider.js).
   * @throws the framework's own error
   */
  async clientConfiguration() {
    const aws = this.serverless.getProvider('aws');
    if (typeof aws.getAwsSdkV3Config === 'function') return await aws.getAwsSdkV3Config();
    const found = typeof aws.getCredentials === 'function' ? await aws.getCredentials() : undefined;
    if (typeof found?.accessKeyId !== 'string') {
      throw new this.serverless.classes.Error(
        `infra/deploy-plugin.mjs does not know how version ${this.serverless.version} of the framework keeps AWS credentials. Nothing was changed. Run \`npm ci\` and use \`npx serverless\` in this folder, which starts osls 4.`,
        'MSK_SINKS_UNKNOWN_FRAMEWORK',
      );
    }
    const { accessKeyId, secretAccessKey, sessionToken } = found;
    return { region: aws.getRegion(), credentials: { accessKeyId, secretAccessKey, sessionToken } };
  }

  async cloudFormation() {
    const aws = this.serverless.getProvider('aws');
    const { CloudFormationClient } = sdkOfTheFramework('cloudformation');
    const client = new CloudFormationClient(await this.clientConfiguration());
    return { client, stackName: aws.naming.getStackName() };
  }

  /** The stack's template; undefined without a stack, or without the permission to read it. */
  async deployedTemplate() {
    const { GetTemplateCommand } = sdkOfTheFramework('cloudformation');
    const { client, stackName } = await this.cloudFormation();
    try {
      const { TemplateBody } = await client.send(
        new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
      );
      return JSON.parse(TemplateBody);
    } catch (error) {
      if (isMissingStack(error)) return undefined;
      const reason = UNREADABLE[error.name];
      // The framework's own calls will meet the same error and report it.
      if (reason === undefined) throw error;
      this.log.warning(
        literal(
          `The stack ${stackName} was not compared with this deployment: ${reason}. If a mapping's topic, consumer group, starting position or cluster changed, the deployment may fail or have no effect.`,
        ),
      );
      return undefined;
    }
  }

  /**
   * Lets the framework's change sets import existing resources that the template names and retains (DeletionPolicy Retain):
   * here only the dead-letter bucket and its policy. Any other existing resource, such as a role made by hand, makes the
   * change set fail before anything changes.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
   */
  adoptWhatExists() {
    const deploy = this.serverless.pluginManager.plugins.find((plugin) => plugin.constructor.name === 'AwsDeploy');
    const original = deploy?.getCreateChangeSetParams;
    if (typeof original !== 'function' || this.serverless.service.provider.deploymentMethod === 'direct') {
      this.log.warning(
        literal(
          typeof original === 'function'
            ? `provider.deploymentMethod: direct uses no change sets, ${NOT_ADOPTED}`
            : `infra/deploy-plugin.mjs does not support the change sets of framework version ${this.serverless.version}, ${NOT_ADOPTED}`,
        ),
      );
      return;
    }
    deploy.getCreateChangeSetParams = (...parameters) => ({
      ...original.apply(deploy, parameters),
      ImportExistingResources: true,
    });
  }
}

const NOT_ADOPTED =
  'so the deployment cannot adopt a dead-letter bucket left by an earlier `serverless remove`: it fails if that bucket exists.';

/** The framework's loggers take a format string. */
const literal = (text) => text.replaceAll('%', '%%');

const listed = (lines) => lines.map((line) => `  - ${line}`).join('\n');

/** The clients' packages are the framework's dependencies, not ours. */
const sdkOfTheFramework = (service) =>
  createRequire(require.resolve('serverless/package.json'))(`@aws-sdk/client-${service}`);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
const isMissingStack = ({ name, message }) => name === 'ValidationError' && / does not exist/.test(message);

/** Errors, by name, after which a deployment may continue without the comparison. */
const UNREADABLE = {
  AccessDenied: 'cloudformation:GetTemplate is not allowed',
  AccessDeniedException: 'cloudformation:GetTemplate is not allowed',
  SyntaxError: 'its template is not JSON, so another tool deployed it',
};
