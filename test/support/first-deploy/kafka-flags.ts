/**
 * The flags of Kafka's scripts that docs/first-deploy.md may use, with what they take. The scripts' jar is no part of a broker's
 * class path, so their own parser cannot be asked.
 * https://github.com/apache/kafka/tree/3.8.1/tools/src/main/java/org/apache/kafka/tools
 */
const ACL_VALUES = ['--allow-principal', '--operation', '--topic', '--group', '--resource-pattern-type'];
const FLAGS: Readonly<Record<string, { readonly values: readonly string[]; readonly switches: readonly string[] }>> = {
  'kafka-acls.sh': {
    values: ['--bootstrap-server', '--command-config', ...ACL_VALUES],
    switches: ['--add', '--list', '--cluster', '--producer', '--consumer'],
  },
  'kafka-topics.sh': { values: ['--bootstrap-server', '--command-config', '--topic'], switches: ['--describe'] },
  'kafka-console-producer.sh': {
    values: ['--bootstrap-server', '--producer.config', '--topic', '--property'],
    switches: [],
  },
};

export const KAFKA_PROGRAMS: readonly string[] = Object.keys(FLAGS);

/** The values of a command by their flags; a repeated flag keeps the last. @throws Error for a flag that the script does not have */
export function kafkaFlags(program: string, args: readonly string[]): ReadonlyMap<string, string> {
  const { values = [], switches = [] } = FLAGS[program] ?? {};
  const found = new Map<string, string>();
  const left = [...args];
  for (let flag = left.shift(); flag !== undefined; flag = left.shift()) {
    const value = values.includes(flag) ? left.shift() : '';
    if (value === undefined || (value === '' && !switches.includes(flag))) {
      throw new Error(`${program} has no flag ${flag}, or the flag has no value`);
    }
    found.set(flag, value);
  }
  return found;
}
