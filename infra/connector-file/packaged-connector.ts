import { readFileSync } from 'node:fs';
import type { PropertiesFile } from '../../functions/documentdb-sink/connector/properties-file.ts';
import { decodeText } from '../stage-file/decode-text.ts';
import { readConnectorFile } from './read-connector-file.ts';

/** Settings as the function reads them: JSON, whatever they were kept in. Of a name that repeats the last holds. */
export const packagedText = ({ entries }: PropertiesFile): string =>
  `${JSON.stringify(Object.fromEntries(entries.map(({ name, value }) => [name, value])), null, 2)}\n`;

/** Of a file that has been found sound. @param file its path */
export const packagedFile = (file: string): string =>
  packagedText(readConnectorFile(decodeText(readFileSync(file)), file));
