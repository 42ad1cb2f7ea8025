import type { PropertiesFile } from '../../functions/documentdb-sink/connector/file/properties-file.ts';

/** The settings in the form that the function reads: JSON, whatever the source. The last value of a repeated name wins. */
export const packagedText = ({ entries }: PropertiesFile): string =>
  `${JSON.stringify(Object.fromEntries(entries.map(({ name, value }) => [name, value])), null, 2)}\n`;
