// `npm run generate`: writes what is derived from the declarations of the settings.
import { writeFileSync } from 'node:fs';
import { settingsJsonSchema, settingsTable } from './settings-docs.ts';

writeFileSync('config/schema.json', settingsJsonSchema());
writeFileSync('docs/settings.md', settingsTable());
