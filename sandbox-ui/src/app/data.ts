import {
  health,
  keyPools,
  listPrompts,
  providerModels,
  reactPatterns,
  runnableModels,
} from '../api/admin.ts';
import { listScripts, typings } from '../api/scripts.ts';
import { Resource } from './resource.ts';

/** What several tabs show. Each is read when somebody first looks. */

export const models = new Resource(runnableModels, ['config.reloaded', 'key.']);
export const patterns = new Resource(reactPatterns, ['pattern.']);
export const patternFiles = new Resource(() => listScripts('patterns'), ['pattern.']);
export const toolFiles = new Resource(() => listScripts('tools'), ['tool.']);
export const promptFiles = new Resource(listPrompts, ['prompt.', 'manifest.']);
export const providers = new Resource(providerModels, ['config.reloaded']);
export const pools = new Resource(keyPools, ['key.', 'config.reloaded']);
export const figures = new Resource(health, ['key.', 'breaker.', 'config.reloaded', 'simulator.']);
export const scriptTypings = new Resource(typings);
