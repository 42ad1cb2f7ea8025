// A Serverless Framework plugin for `invoke local` and the stage `local`. It gives the functions of this machine their engines,
// or says at once that no engine runs. For other stages it ends an invocation after seconds, and explains what a function on this
// machine cannot reach.
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** The file with the addresses of the running engines (local/engines/endpoints.ts). */
const endpointsFile =
  process.env.MSK_SINKS_ENDPOINTS_FILE ?? join(import.meta.dirname, '..', '.local', 'endpoints.json');
// `invoke local` runs the function in this process, and a function refuses unknown MSK_SINKS_ variables.
delete process.env.MSK_SINKS_ENDPOINTS_FILE;

/** An address where nothing listens: calls fail at once, and no call leaves the machine. */
const NOWHERE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** The functions stop 5 s before their timeout: an unreachable target ends `invoke local` after 5 s. */
const TIMEOUT_SECONDS_MAX = 10;
const CONNECT_MS_MAX = 2_000;

/** Why a function on this machine may not reach the target of a deployed stage. */
const REASONS = {
  kinesisSink:
    "account B lets only the deployed function's role assume its role, unless DeveloperRoleArn of infra/stream-account.yml names yours",
  documentdbSink: 'DocumentDB accepts connections only from its VPC, and the secret needs credentials of account A',
};

// biome-ignore lint/style/noDefaultExport: the framework loads a plugin from the default export.
export default class InvokeLocalPlugin {
  /** @param {object} serverless @param {{ function?: string }} options of the command */
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.written = '';
    this.hooks = {
      initialize: () => this.addLocalEnvironment(),
      'before:invoke:local:loadEnvVars': async () => {
        if (this.isLocalStage()) await this.checkEngines();
        else this.shortenTimeouts();
      },
      'before:invoke:local:invoke': () => this.readOutput(),
      'after:invoke:local:invoke': () => this.end(),
    };
  }

  isLocalStage() {
    return this.serverless.service.provider.stage === 'local';
  }

  /** For stage `local` only: the functions connect to the engines of this machine, or to nothing. */
  addLocalEnvironment() {
    if (!this.isLocalStage()) return;
    const engines = readEndpoints();
    for (const [name, definition] of Object.entries(this.serverless.service.functions)) {
      definition.environment = {
        ...definition.environment,
        ...(engines?.functions?.[name]?.environment ?? NOWHERE),
      };
    }
  }

  /** @throws the framework's own error, before anything is built */
  async checkEngines() {
    const url = readEndpoints()?.aws?.endpointUrl;
    if (url !== undefined && (await isListening(new URL(url)))) return;
    throw new this.serverless.classes.Error(
      'No engines run on this machine: start them with `npm start` in another terminal, and repeat this command when the first records arrive.',
      'MSK_SINKS_NO_ENGINES',
    );
  }

  shortenTimeouts() {
    for (const definition of Object.values(this.serverless.service.functions)) {
      definition.timeout = Math.min(definition.timeout, TIMEOUT_SECONDS_MAX);
    }
  }

  /** The framework writes the function's answer to the standard output and hands it to no hook. */
  readOutput() {
    const { write } = process.stdout;
    process.stdout.write = (chunk, ...rest) => {
      this.written += chunk;
      return write.call(process.stdout, chunk, ...rest);
    };
  }

  /** Pooled connections keep the process alive, so exit once the answer is written. */
  end() {
    const count = unsettledCount(this.written);
    if (count > 0) {
      process.exitCode = 1;
      process.stderr.write(`${this.explanation(count)}\n`);
    }
    process.stdout.write('', () => process.exit(process.exitCode ?? 0));
  }

  explanation(count) {
    const records = count === 1 ? 'A record is' : `${count} records are`;
    const line = `${records} unsettled, so this command ends with 1. The log line above names the cause.`;
    return this.isLocalStage()
      ? line
      : `${line} A function on this machine cannot always reach the targets of stage ${this.serverless.service.provider.stage}: ${REASONS[this.options.function]}. Use \`serverless invoke\` for the deployed function, or \`--stage local\` with \`npm start\`.`;
  }
}

const readEndpoints = () => (existsSync(endpointsFile) ? JSON.parse(readFileSync(endpointsFile, 'utf8')) : undefined);

/** @param {URL} url */
const isListening = ({ hostname, port }) =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_MS_MAX });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });

/**
 * How many records an answer names, which ends the output: its JSON begins with a brace on a line of its own.
 * @param {string} output
 */
export function unsettledCount(output) {
  const [, answer] = /(?:^|\n)(\{\n[\s\S]*\n\})\s*$/.exec(output) ?? [];
  try {
    return JSON.parse(answer?.slice(answer.lastIndexOf('\n{\n') + 1) ?? '{}').batchItemFailures?.length ?? 0;
  } catch {
    return 0; // not an answer of the function: the framework says what went wrong
  }
}
