// `npm run generate`: writes the schema and the tables from the declarations of settings and connector properties.
import { readFileSync, writeFileSync } from 'node:fs';
import { migratingDocs } from './migrating-docs.ts';
import { settingsJsonSchema, settingsTable } from './settings-docs.ts';

writeFileSync('config/schema.json', settingsJsonSchema());
writeFileSync('docs/settings.md', settingsTable());
writeFileSync('docs/migrating.md', migratingDocs(readFileSync('docs/migrating.md', 'utf8')));
