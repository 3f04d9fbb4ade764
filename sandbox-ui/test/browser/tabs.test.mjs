import { after, before, describe } from 'node:test';
import { Browser } from './browser.mjs';
import { Gateway } from './gateway.mjs';
import { config } from './config.mjs';
import { health } from './health.mjs';
import { login } from './login.mjs';
import { looks } from './looks.mjs';
import { playground } from './playground.mjs';
import { prompts } from './prompts.mjs';
import { quota } from './quota.mjs';
import { renderer } from './renderer.mjs';
import { restart } from './restart.mjs';
import { scripts } from './scripts.mjs';
import { sessions } from './sessions.mjs';

/** One gateway and one browser for all; each test has a page of its own. */
const scene = {};

before(async () => {
  // One after the other: what has been started is closed even if the next fails.
  scene.browser = await Browser.open();
  scene.gateway = await Gateway.start();
  // The first script takes the longest: its process has to be started.
  const first = { model_alias: 'agent', user_query: 'What is 1*1?', stream: false };
  await scene.gateway.call('/v1/react/sessions', { method: 'POST', body: first });
});

after(async () => {
  await scene.browser?.close();
  await scene.gateway?.stop();
});

describe('the renderer of answers', () => renderer(scene));
describe('playground', () => playground(scene));
describe('sessions', () => sessions(scene));
describe('patterns and tools', () => scripts(scene));
describe('prompts and manifests', () => prompts(scene));
describe('configuration', () => config(scene));
describe('keys and health', () => health(scene));
describe('virtual keys', () => quota(scene));
describe('looks', () => looks(scene));
describe('login', () => login(scene));
describe('a gateway that is restarted', () => restart(scene));
