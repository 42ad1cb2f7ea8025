import type { CustomStrategies } from './custom-strategies.ts';
import { upperCase } from './upper-case.ts';

/** The strategies of this project. Write a module beside this file, and give it a name here: docs/custom-strategies.md */
export const CUSTOM_STRATEGIES: CustomStrategies = {
  idStrategies: new Map(),
  writeModelStrategies: new Map(),
  postProcessors: new Map(),
  fieldValueTransformers: new Map([['custom.UpperCase', () => upperCase]]),
  cdcHandlers: new Map(),
  namespaceMappers: new Map(),
  transforms: new Map(),
};
