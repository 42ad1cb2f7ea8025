// A plugin of the framework (serverless.yml) for `deploy` alone. Before anything is changed it makes sure of the account,
// says what CloudFormation will do about changed create-only properties, and refuses what would fail. And it lets a deployment adopt the
// dead-letter bucket that an earlier `remove` left behind (docs/decisions/0006-adopt-the-bucket.md).
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// biome-ignore lint/style/noDefaultExport: the framework takes a plugin from there.
export default class DeployPlugin {
  /** @param {object} serverless @param {object} _options @param {{ log: object }} utilities the framework's own writers */
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.hooks = {
      // After the packaging and all checks of the framework, which registered itself earlier.
      'before:deploy:deploy': async () => {
        await this.checkAccount();
        await this.compareWithDeployed();
        this.adoptWhatExists();
      },
    };
  }

  /**
   * With the credentials of another account everything would be deployed there, and fail halfway at best.
   * @throws the framework's own error
   */
  async checkAccount() {
    const { custom, provider } = this.serverless.service;
    const accountId = await this.serverless.getProvider('aws').getAccountId();
    if (accountId === custom.accountId) return;
    throw new this.serverless.classes.Error(
      `config/${provider.stage}.yml is for account ${custom.accountId}, and the credentials are of ${accountId}. Nothing was changed. Use the credentials of ${custom.accountId} (AWS_PROFILE, --aws-profile), or correct accountId.`,
      'MSK_SINKS_OTHER_ACCOUNT',
    );
  }

  /** @throws the framework's own error, which lists all that cannot be deployed */
  async compareWithDeployed() {
    const { provider } = this.serverless.service;
    if (provider.stage === 'local') return;
    const deployed = await this.deployedTemplate();
    if (deployed === undefined) return;
    const { createOnlyChanges, TWO_DEPLOYMENTS } = require('./load-typescript.cjs')('create-only-changes');
    const { refusals, notices } = createOnlyChanges(deployed, provider.compiledCloudFormationTemplate);
    if (refusals.length > 0) {
      throw new this.serverless.classes.Error(
        `config/${provider.stage}.yml cannot be deployed over what is deployed. Nothing was changed.\n${listed(refusals)}\n${TWO_DEPLOYMENTS}`,
        'MSK_SINKS_CREATE_ONLY_CHANGE',
      );
    }
    if (notices.length > 0) this.log.notice(literal(`What CloudFormation will do:\n${listed(notices)}`));
  }

  /** The stack's template, or undefined where there is no stack or we may not look at it. */
  async deployedTemplate() {
    const aws = this.serverless.getProvider('aws');
    const stackName = aws.naming.getStackName();
    const { CloudFormationClient, GetTemplateCommand } = sdkOfTheFramework();
    try {
      const client = new CloudFormationClient(await aws.getAwsSdkV3Config());
      const { TemplateBody } = await client.send(
        new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
      );
      return JSON.parse(TemplateBody);
    } catch (error) {
      if (isMissingStack(error)) return undefined;
      const reason = UNREADABLE[error.name];
      // What stops this call stops the framework's own: let it end as it would without us.
      if (reason === undefined) throw error;
      this.log.warning(
        literal(
          `The stack ${stackName} was not compared with this deployment: ${reason}. A changed topic, consumer group, start or cluster of a mapping may fail, or not take effect.`,
        ),
      );
      return undefined;
    }
  }

  /**
   * Lets the framework's change sets import what exists under a name the template gives and is to be kept (DeletionPolicy
   * Retain): the dead-letter bucket and its policy, nothing else here. Any other resource that exists already, like a role
   * made by hand, makes the change set fail before anything is changed.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
   */
  adoptWhatExists() {
    const deploy = this.serverless.pluginManager.plugins.find((plugin) => plugin.constructor.name === 'AwsDeploy');
    const original = deploy?.getCreateChangeSetParams;
    if (typeof original !== 'function' || this.serverless.service.provider.deploymentMethod === 'direct') {
      this.log.warning(
        literal(
          typeof original === 'function'
            ? `provider.deploymentMethod: direct makes no change set, ${NOT_ADOPTED}`
            : `Version ${this.serverless.version} of the framework makes its change sets in another way than infra/deploy-plugin.mjs knows, ${NOT_ADOPTED}`,
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
  'so a dead-letter bucket that is left from an earlier `serverless remove` cannot be adopted: the deployment fails if there is one.';

/** The framework's writers take a format. */
const literal = (text) => text.replaceAll('%', '%%');

const listed = (lines) => lines.map((line) => `  - ${line}`).join('\n');

/** The client's package is the framework's dependency, not ours. */
const sdkOfTheFramework = () =>
  createRequire(require.resolve('serverless/package.json'))('@aws-sdk/client-cloudformation');

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
const isMissingStack = ({ name, message }) => name === 'ValidationError' && / does not exist/.test(message);

/** By the error's name: why a deployment can go on without the comparison. */
const UNREADABLE = {
  AccessDenied: 'cloudformation:GetTemplate is not allowed',
  AccessDeniedException: 'cloudformation:GetTemplate is not allowed',
  SyntaxError: 'its template is not JSON, so it was not deployed from here',
};
