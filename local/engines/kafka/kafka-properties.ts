export interface KafkaPorts {
  readonly broker: number;
  readonly controller: number;
}

export interface KafkaPropertiesOptions {
  readonly ports: KafkaPorts;
  /** Absolute path of the log directory. */
  readonly dataFolder: string;
}

/** `server.properties` of one node that is broker and controller. https://kafka.apache.org/43/configuration/broker-configs/ */
export function kafkaProperties({ ports, dataFolder }: KafkaPropertiesOptions): string {
  const properties: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': escapeValue(dataFolder),
    'auto.create.topics.enable': false,
    ...KEEPING,
    ...ONE_NODE,
    ...SESSION,
    ...SMALL,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * Half a minute after its start a broker deletes what is older than a week by the records' own timestamps, which producers choose.
 * https://kafka.apache.org/43/configuration/broker-configs/#brokerconfigs_log.retention.ms
 */
const KEEPING = { 'log.retention.ms': -1 };

const ONE_NODE = {
  'offsets.topic.num.partitions': 1,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
};

/**
 * After `kill -9` a broker can register again only when its old session has expired: 9 s by default.
 * https://kafka.apache.org/43/configuration/broker-configs/#brokerconfigs_broker.session.timeout.ms
 */
const SESSION = { 'broker.session.timeout.ms': 2_000, 'broker.heartbeat.interval.ms': 400 };

/** Kafka preallocates files: by default every partition takes 1 GB of address space and 20 MB of indexes. */
const SMALL = {
  'group.initial.rebalance.delay.ms': 0,
  'num.network.threads': 2,
  'num.io.threads': 2,
  'log.cleaner.dedupe.buffer.size': 8_388_608,
  'log.segment.bytes': 67_108_864,
  'metadata.log.segment.bytes': 8_388_608,
  'log.index.size.max.bytes': 1_048_576,
};

/** A backslash starts an escape in a properties file. */
function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\');
}
