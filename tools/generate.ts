// `npm run generate`: writes the schema and the tables from the declarations of settings and connector properties.
import { readFileSync, writeFileSync } from 'node:fs';
import { helpIfAsked } from './help.ts';
import { migratingDocs } from './migrating-docs.ts';
import { settingsJsonSchema, settingsTable } from './settings-docs.ts';

helpIfAsked(`npm run generate
Writes config/schema.json, docs/settings.md and the tables of docs/migrating.md from the declarations of settings and properties.
Exit codes: 0 written, 1 a declaration is wrong, 2 the command has an argument.`);

writeFileSync('config/schema.json', settingsJsonSchema());
writeFileSync('docs/settings.md', settingsTable());
writeFileSync('docs/migrating.md', migratingDocs(readFileSync('docs/migrating.md', 'utf8')));
