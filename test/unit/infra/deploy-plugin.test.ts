import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'deploy-plugin.mjs');
const { default: DeployPlugin }: { default: new (...parameters: unknown[]) => Plugin } = await import(file);

interface Plugin {
  clientConfiguration(): Promise<object>;
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
}

/** What the framework has that the plugin uses: the provider's configuration of AWS clients, its plugins, its errors. */
interface Framework {
  /** Of the credentials; the stage file says 111111111111. */
  readonly accountId?: string;
  readonly stage?: string;
  readonly template?: object;
  readonly deploymentMethod?: string;
  readonly terminationProtection?: boolean | null;
  readonly plugins?: readonly object[];
}

class FrameworkError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** Named as the framework's own, which the plugin looks for. */
class AwsDeploy {
  readonly provider = { changeSetName: 'change-set' };
  getCreateChangeSetParams({ changeSetType }: { changeSetType: string }): object {
    return { ChangeSetName: this.provider.changeSetName, ChangeSetType: changeSetType };
  }
}

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

interface HttpRequest {
  readonly body: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

let answer: Answer;
let requests: string[];
let paths: string[];
let lines: string[];

/** CloudFormation and Lambda, as far as the plugin asks them, in place of the clients' HTTP. */
const requestHandler = {
  handle: async ({ body: asked, path, query }: HttpRequest): Promise<object> => {
    requests.push(asked);
    if (query['FunctionName'] !== undefined) paths.push(`${path}?FunctionName=${query['FunctionName']}`);
    const { statusCode, body } = answer;
    const type = body.startsWith('{') ? 'application/json' : 'text/xml';
    return { response: { statusCode, headers: { 'content-type': type }, body: new TextEncoder().encode(body) } };
  },
};

beforeEach(() => {
  requests = [];
  paths = [];
  lines = [];
  answer = error('ValidationError', 'Stack with id msk-sinks-dev does not exist');
});

const error = (code: string, message: string, statusCode = 400): Answer => ({
  statusCode,
  body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const deployed = (templateBody: string): Answer => ({
  statusCode: 200,
  body: `<GetTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><GetTemplateResult><TemplateBody>${templateBody.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
});

const mapping = (properties: object) => ({
  Resources: {
    KinesisSinkMappingOrders: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: 'kinesisSink',
        EventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/1',
        Topics: ['orders'],
        StartingPosition: 'TRIM_HORIZON',
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'orders-%d' },
        ...properties,
      },
    },
  },
});

/** As infra/template/ writes it. */
const withFunction = () =>
  mapping({ FunctionName: { 'Fn::GetAtt': ['KinesisSinkLambdaFunction', 'Arn'] }, Enabled: true });

function frameworkOf({
  accountId = '111111111111',
  stage = 'dev',
  template = {},
  deploymentMethod,
  terminationProtection = null,
  plugins = [],
}: Framework): object {
  return {
    version: '4.3.1',
    classes: { Error: FrameworkError },
    service: {
      custom: { accountId: '111111111111', terminationProtection },
      functions: { kinesisSink: { name: `msk-sinks-${stage}-kinesisSink` } },
      provider: { stage, deploymentMethod, compiledCloudFormationTemplate: template },
    },
    pluginManager: { plugins },
    getProvider: () => ({
      getAccountId: async () => accountId,
      naming: { getStackName: () => `msk-sinks-${stage}`, getLambdaLogicalId: () => 'KinesisSinkLambdaFunction' },
      getAwsSdkV3Config: async () => ({
        requestHandler,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
    }),
  };
}

const log = {
  notice: (line: string) => lines.push(`notice: ${line}`),
  warning: (line: string) => lines.push(`warning: ${line}`),
};

const hookOf = (framework: Framework) => new DeployPlugin(frameworkOf(framework), {}, { log }).hooks;

async function deploy(framework: Framework): Promise<void> {
  await hookOf({ plugins: [new AwsDeploy()], ...framework })['before:deploy:deploy']?.();
}

describe('the deploy plugin', () => {
  it('works only in commands that change the account: packaging needs no network', () => {
    expect(Object.keys(hookOf({})).toSorted()).toEqual([
      'after:deploy:deploy',
      'before:deploy:deploy',
      'before:deploy:function:initialize',
      'before:remove:remove',
      'before:rollback:function:rollback',
      'before:rollback:initialize',
    ]);
  });

  it.each([
    'before:deploy:function:initialize',
    'before:remove:remove',
    'before:rollback:function:rollback',
    'before:rollback:initialize',
  ])('refuses another account at %s, and lets the own one pass', async (hook) => {
    await expect(hookOf({ accountId: '222222222222' })[hook]?.()).rejects.toThrow(
      /^config\/dev\.yml is for account 111/,
    );
    await expect(hookOf({})[hook]?.()).resolves.toBeUndefined();
  });

  it('refuses another account than that of the stage file, before anything else', async () => {
    await expect(deploy({ accountId: '222222222222' })).rejects.toThrow(
      /^config\/dev\.yml is for account 111111111111, but the AWS credentials belong to account 222222222222\. Nothing was changed\./,
    );
    expect(requests).toEqual([]);
  });
});

describe('what is deployed', () => {
  it('is read as it was sent, from the stack of the stage', async () => {
    await deploy({ stage: 'qa' });
    expect(requests.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      { Action: 'GetTemplate', Version: '2010-05-15', StackName: 'msk-sinks-qa', TemplateStage: 'Original' },
    ]);
  });

  it('is not looked at for stage local', async () => {
    await deploy({ stage: 'local' });
    expect(requests).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('is nothing before the first deployment: not a word', async () => {
    await deploy({ template: mapping({}) });
    expect(requests).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  it('and does not change is not a word either', async () => {
    answer = deployed(JSON.stringify(mapping({})));
    await deploy({ template: mapping({ BatchSize: 7 }) });
    expect(requests).toHaveLength(1);
    expect(lines).toEqual([]);
  });
});

describe('a changed create-only property', () => {
  it('that would fail ends the deployment with one error that names it, the file and the way out', async () => {
    answer = deployed(JSON.stringify(mapping({})));
    const failure = deploy({ template: mapping({ StartingPosition: 'LATEST' }) });
    await expect(failure).rejects.toThrow(FrameworkError);
    await expect(failure).rejects.toThrow(
      /^config\/dev\.yml has changes that cannot be deployed over the existing stack\. Nothing was changed\.\n {2}- KinesisSinkMappingOrders: replaced, trigger\.startingPosition TRIM_HORIZON -> LATEST\..*\nMake such a change with two deployments\./,
    );
    await expect(failure).rejects.toMatchObject({ code: 'MSK_SINKS_CREATE_ONLY_CHANGE' });
  });

  it('that succeeds is told, and the deployment goes on; a percent sign is not a format', async () => {
    const { KinesisSinkMappingOrders } = mapping({}).Resources;
    answer = deployed(JSON.stringify({ Resources: { Old: KinesisSinkMappingOrders } }));
    await deploy({ template: { Resources: {} } });
    expect(lines).toEqual([
      expect.stringMatching(
        /^notice: What CloudFormation will do:\n {2}- Old: removed\. .* Consumer group orders-%%d keeps/,
      ),
    ]);
  });
});

describe('a template that cannot be had', () => {
  it.each(['AccessDenied', 'AccessDeniedException'])(
    'for lack of permission (%s) is a warning that says what was not checked',
    async (code) => {
      answer = error(code, 'User: x is not authorized to perform: cloudformation:GetTemplate', 403);
      await deploy({ template: mapping({}) });
      expect(lines).toEqual([
        "warning: The stack msk-sinks-dev was not compared with this deployment: cloudformation:GetTemplate is not allowed. If a mapping's topic, consumer group, starting position or cluster changed, the deployment may fail or have no effect.",
      ]);
    },
  );

  it('because it is YAML is a warning too', async () => {
    answer = deployed('Resources: {}');
    await deploy({ template: mapping({}) });
    expect(lines).toEqual([
      expect.stringMatching(/^warning: .* its template is not JSON, so another tool deployed it\./),
    ]);
  });

  it.each([
    ['ExpiredToken', 'The security token included in the request is expired', 403],
    ['ValidationError', 'Stack name is malformed', 400],
    ['InternalFailure', 'x', 500],
  ])('for another reason (%s) ends the deployment as the framework would', async (code, message, status) => {
    answer = error(code, message, status);
    await expect(deploy({ template: mapping({}) })).rejects.toMatchObject({ name: code });
    expect(lines).toEqual([]);
  });
});

describe("the stack's termination protection", () => {
  const protect = async (terminationProtection: boolean | null) => {
    answer = {
      statusCode: 200,
      body: '<UpdateTerminationProtectionResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"/>',
    };
    await hookOf({ terminationProtection })['after:deploy:deploy']?.();
    return requests.map((body) => Object.fromEntries(new URLSearchParams(body)));
  };

  it.each([true, false])('is set to %s after the deployment, as the stage file says', async (value) => {
    expect(await protect(value)).toEqual([
      {
        Action: 'UpdateTerminationProtection',
        Version: '2010-05-15',
        StackName: 'msk-sinks-dev',
        EnableTerminationProtection: String(value),
      },
    ]);
  });

  it('stays as it is when the stage file says nothing', async () => {
    expect(await protect(null)).toEqual([]);
  });
});

describe('the mappings, after a deployment', () => {
  const answered = (State: string, LastProcessingResult: string): Answer => ({
    statusCode: 200,
    body: JSON.stringify({ EventSourceMappings: [{ Topics: ['orders'], State, LastProcessingResult }] }),
  });

  it('are asked for by the name of the function, and are good when they read', async () => {
    answer = answered('Enabled', 'OK');
    await hookOf({ template: withFunction() })['after:deploy:deploy']?.();
    expect(paths).toEqual(['/2015-03-31/event-source-mappings?FunctionName=msk-sinks-dev-kinesisSink']);
    expect(lines).toEqual([]);
  });

  it('are not asked for where the template has none', async () => {
    await hookOf({ template: { Resources: {} } })['after:deploy:deploy']?.();
    expect(paths).toEqual([]);
  });
});

describe('what an earlier deployment left', () => {
  it('is imported by each change set of a deployment, which are otherwise as they were', async () => {
    class AwsRollback extends AwsDeploy {}
    const [rollback, framework] = [new AwsRollback(), new AwsDeploy()];
    await deploy({ plugins: [rollback, framework] });
    expect(rollback.getCreateChangeSetParams({ changeSetType: 'UPDATE' })).not.toHaveProperty(
      'ImportExistingResources',
    );
    for (const changeSetType of ['CREATE', 'UPDATE']) {
      expect(framework.getCreateChangeSetParams({ changeSetType })).toEqual({
        ChangeSetName: 'change-set',
        ChangeSetType: changeSetType,
        ImportExistingResources: true,
      });
    }
    expect(lines).toEqual([]);
  });

  it('is imported for stage local as well', async () => {
    const framework = new AwsDeploy();
    await deploy({ stage: 'local', plugins: [framework] });
    expect(framework.getCreateChangeSetParams({ changeSetType: 'CREATE' })).toMatchObject({
      ImportExistingResources: true,
    });
  });

  it.each<[string, readonly object[]]>([
    ['has no plugin of that name', []],
    ['makes its change sets elsewhere', [new (class AwsDeploy {})()]],
  ])('cannot be imported by a framework that %s, and that is said', async (_, plugins) => {
    await deploy({ plugins });
    expect(lines).toEqual([
      'warning: infra/deploy-plugin.mjs does not support the change sets of framework version 4.3.1, so the deployment cannot adopt a dead-letter bucket left by an earlier `serverless remove`: it fails if that bucket exists.',
    ]);
  });

  it('cannot be imported without change sets, and that is said', async () => {
    await deploy({ deploymentMethod: 'direct' });
    expect(lines).toEqual([
      expect.stringMatching(/^warning: provider\.deploymentMethod: direct uses no change sets, so /),
    ]);
  });
});

describe('another framework than osls', () => {
  const configurationOf = async (provider: object) => {
    const serverless = { version: '4.20.0', classes: { Error: FrameworkError }, getProvider: () => provider };
    return await new DeployPlugin(serverless, {}, { log }).clientConfiguration();
  };

  it('gives its credentials and its region: Serverless Framework 4', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' };
    const provider = {
      getCredentials: async () => ({ ...credentials, accountId: '111111111111' }),
      getRegion: () => 'eu-west-1',
    };
    expect(await configurationOf(provider)).toEqual({ region: 'eu-west-1', credentials });
  });

  it.each([
    ['has no credentials', {}],
    ['keeps them elsewhere: Serverless Framework 3', { getCredentials: () => ({ credentials: {}, region: 'x' }) }],
  ])('that %s is refused in one sentence', async (_, provider) => {
    await expect(configurationOf(provider)).rejects.toMatchObject({
      code: 'MSK_SINKS_UNKNOWN_FRAMEWORK',
      message: expect.stringMatching(/does not know how version 4\.20\.0 of the framework .* Run `npm ci`/),
    });
  });
});

describe('the framework that is installed', () => {
  it('still makes the parameters of its change sets where the plugin looks for them', async () => {
    const installed: { default: new (...parameters: unknown[]) => object } = await import(
      join(
        import.meta.dirname,
        '..',
        '..',
        '..',
        'node_modules',
        'serverless',
        'lib',
        'plugins',
        'aws',
        'deploy',
        'index.js',
      )
    );
    const provider = {
      naming: { getStackChangeSetName: () => 'change-set', getStackName: () => 'stack' },
      getStage: () => 'dev',
      getCustomDeploymentRole: () => undefined,
    };
    const framework = new installed.default(
      { service: { package: {}, provider: {} }, getProvider: () => provider },
      {},
    ) as AwsDeploy;
    await deploy({ plugins: [framework] });
    expect(lines).toEqual([]);
    expect(framework.getCreateChangeSetParams({ changeSetType: 'UPDATE' })).toMatchObject({
      StackName: 'stack',
      ChangeSetType: 'UPDATE',
      ImportExistingResources: true,
    });
  });
});
