import type { CustomStrategies } from './custom-strategies.ts';
import { upperCase } from './upper-case.ts';

/** The project's own strategies. Write a module in this folder and register its name here: docs/custom-strategies.md */
export const CUSTOM_STRATEGIES: CustomStrategies = {
  idStrategies: new Map(),
  writeModelStrategies: new Map(),
  postProcessors: new Map(),
  fieldValueTransformers: new Map([['custom.UpperCase', () => upperCase]]),
  cdcHandlers: new Map(),
  namespaceMappers: new Map(),
  transforms: new Map(),
};
