import type { PropertiesFile } from '../../functions/documentdb-sink/connector/properties-file.ts';

/** Settings as the function reads them: JSON, whatever they were kept in. Of a name that repeats the last holds. */
export const packagedText = ({ entries }: PropertiesFile): string =>
  `${JSON.stringify(Object.fromEntries(entries.map(({ name, value }) => [name, value])), null, 2)}\n`;
