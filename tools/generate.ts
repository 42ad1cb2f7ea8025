// `npm run generate`: writes what is derived from the declarations of the settings and of a connector's properties.
import { readFileSync, writeFileSync } from 'node:fs';
import { migratingDocs } from './migrating-docs.ts';
import { settingsJsonSchema, settingsTable } from './settings-docs.ts';

writeFileSync('config/schema.json', settingsJsonSchema());
writeFileSync('docs/settings.md', settingsTable());
writeFileSync('docs/migrating.md', migratingDocs(readFileSync('docs/migrating.md', 'utf8')));
