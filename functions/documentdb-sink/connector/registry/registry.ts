/** Everything behind converters that ask a schema registry; loaded where a file names one. */
export { createRegistryMapper } from './create-registry-mapper.ts';
export { registrySources } from './registry-sources.ts';
