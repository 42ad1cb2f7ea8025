import { type Entry, type Fault, type PropertiesFile, parseProperties } from './properties-file.ts';

/**
 * Parses a connector's configuration in any common form: a `.properties` file, the JSON of MSK Connect's API
 * (`connectorConfiguration`), the JSON of Connect's REST API (`{name, config}`), or a JSON object of the properties.
 */
export function parseConnectorText(text: string): PropertiesFile {
  const content = text.replace(/^\uFEFF/, '');
  return content.trimStart().startsWith('{') ? parseJson(content) : parseProperties(content);
}

function parseJson(text: string): PropertiesFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes its input.
    return onlyFault('the file begins with { but is not JSON');
  }
  const properties = isObject(content) ? propertiesIn(content) : undefined;
  if (properties === undefined) return onlyFault('the JSON is not an object of properties');
  const results = Object.entries(properties).map(([name, value]) => entryOf(name, value));
  return {
    entries: results.filter((result): result is Entry => 'value' in result),
    faults: results.filter((result): result is Fault => 'problem' in result),
  };
}

const onlyFault = (problem: string): PropertiesFile => ({ entries: [], faults: [{ line: 0, problem }] });

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function propertiesIn(content: JsonObject): JsonObject | undefined {
  for (const envelope of ['connectorConfiguration', 'config']) {
    if (envelope in content) return isObject(content[envelope]) ? content[envelope] : undefined;
  }
  return content;
}

/** Line 0 means that the entry comes from JSON, which has no meaningful line numbers. */
function entryOf(name: string, value: unknown): Entry | Fault {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { name, value: String(value), line: 0 };
  }
  return { line: 0, problem: `${name} must be text, a number or a boolean` };
}
