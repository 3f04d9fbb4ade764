import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../../..');

/** How a gateway is started: the project's one command, or what a test that has built it otherwise says. */
const command = JSON.parse(process.env.MAGIC_PROXY_COMMAND ?? JSON.stringify([join(project, 'magic-proxy')]));

/** What the tests need beside the bundled configuration: fast and slow models, one that fails over, and a price. */
const MODELS = `
  - model_name: sim-fast
    provider: simulator
    model_params:
      model: chat
      faults: {tokens_per_second: 2000}
    model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000004}

  - model_name: sim-slow
    provider: simulator
    model_params:
      model: chat
      faults: {tokens_per_second: 6}

  - model_name: sim-broken
    provider: simulator
    model_params:
      model: chat
      faults: {failure: reset}

  - model_name: sim-agent-shaky # goes on with another profile
    provider: simulator
    model_params:
      model: chat
      faults: {failure: 500}
      agent_settings:
        reasoning_mode: standard_gemini_react
`;

const ALIASES = `
    shaky: [sim-agent-shaky, sim-fast]
    fast-agent: [sim-agent]
`;

/** No key of whoever runs the tests may bring another provider to life. */
const inherited = () =>
  Object.fromEntries(
    ['PATH', 'HOME', 'JAVA_HOME', 'TMPDIR', 'LANG'].flatMap(name => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** A gateway of its own, in a folder of its own, that can be killed and started again on the same port. */
export class Gateway {
  #child;
  port = 0;

  constructor(home, environment) {
    this.home = home;
    this.environment = environment;
  }

  static async start({ environment = {}, masterKey = '', models = '' } = {}) {
    const home = await mkdtemp(join(tmpdir(), 'magic-proxy-ui-'));
    for (const part of ['patterns', 'tools', 'system_prompts', 'manifests', 'sandbox-ui/dist'])
      await cp(join(project, part), join(home, part), { recursive: true });
    await mkdir(join(home, 'keys_pool'));
    await writeFile(
      join(home, 'keys_pool/keys_pool_openai.env'),
      'sk-test-aaaaaaaaaaaa1111\nsk-test-bbbbbbbbbbbb2222\n',
      { mode: 0o600 },
    );
    let config = await readFile(join(project, 'proxy_config.yaml'), 'utf8');
    config = config.replace(
      '\n  - model_name: openai-main',
      `${MODELS}${models}\n  - model_name: openai-main`,
    );
    config = config.replace('\n    agent: [sim-agent]', `\n    agent: [sim-agent]${ALIASES.trimEnd()}`);
    // A run whose gateway has died is taken up again soon.
    config += '\nbackend_settings:\n  queue: {lease: 3s}\n';
    if (masterKey)
      config = config.replace('security_settings:', `security_settings:\n  master_key: ${masterKey}`);
    await writeFile(join(home, 'proxy_config.yaml'), config);
    const gateway = new Gateway(home, environment);
    await gateway.begin();
    return gateway;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  file(path) {
    return join(this.home, path);
  }

  async begin() {
    const [program, ...first] = command;
    const args = [
      ...first,
      'start',
      '--config',
      this.file('proxy_config.yaml'),
      '--data-dir',
      this.file('data'),
      '--port',
      String(this.port),
    ];
    const child = spawn(program, args, {
      cwd: this.home,
      env: { ...inherited(), ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const said = [];
    this.port = await new Promise((done, failed) => {
      const listen = line => {
        said.push(line);
        const url = /serves at http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (url) done(Number(url[1]));
      };
      createInterface(child.stdout).on('line', listen);
      createInterface(child.stderr).on('line', listen);
      child.once('exit', code => failed(new Error(`the gateway ended with ${code}:\n${said.join('\n')}`)));
    });
  }

  /** As by a power cut. */
  async kill() {
    const ended = new Promise(done => this.#child.once('exit', done));
    this.#child.kill('SIGKILL');
    await ended;
  }

  async call(path, { method = 'GET', body, headers = {} } = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  async stop() {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise(done => child.once('exit', done));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    await rm(this.home, { recursive: true, force: true });
  }
}
