import { cpuMicrosPerRecord, type Measured } from '../measured.ts';
import type { PriceList } from '../prices.ts';
import { HOURS_A_MONTH, line, type Way } from './lines.ts';
import { documentLines, hotKeyNote, shardsOf, streamLines } from './targets.ts';
import type { RoundTrips, Traffic } from './traffic.ts';

/** MSK Connect adds workers at 80 % by its own default: a worker is planned for less. */
const WORKER_CPU_MAX = 0.7;
/** https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-capacity.html: one vCPU and 4 GiB. */
const MCU_MIN = 1;

/** doka's loop takes one record at a time; with an answer after 5 ms it delivered 689 records a second from four partitions. */
const DOKA_OWN_MS = 0.8;
const POD = { vcpu: 0.25, gb: 0.5 } as const;

/** Workers of MSK Connect. Pure. */
export function mskConnectWay(target: Way['target'], traffic: Traffic, measured: Measured, prices: PriceList): Way {
  const cpus = (traffic.recordsPerSecond * cpuMicrosPerRecord(measured.connector, traffic.valueBytes)) / 1e6;
  const units = Math.max(MCU_MIN, Math.ceil(cpus / WORKER_CPU_MAX));
  const writes = traffic.recordsPerSecond;
  const workers = line(prices, 'mcuHour', 'workers', units * HOURS_A_MONTH);
  const common = { name: 'MSK Connect', target };
  if (target === 'DocumentDB') {
    return {
      ...common,
      size: { connectUnits: units, writesPerSecond: writes },
      lines: [workers, ...documentLines(prices, traffic, writes)],
      notes: units === MCU_MIN ? ['one worker: no records flow while it restarts'] : [],
    };
  }
  return {
    ...common,
    size: { connectUnits: units, shards: shardsOf(traffic, writes) },
    lines: [workers, ...streamLines(prices, traffic, writes)],
    notes: ['assumed: a connector for Kinesis takes the CPU of the MongoDB connector', ...hotKeyNote(traffic, 1)],
  };
}

/** doka as a Deployment of Kubernetes, a pod for each partition that it needs. Pure. */
export function dokaWay(traffic: Traffic, { kinesisMs }: RoundTrips, prices: PriceList): Way {
  const pods = Math.max(1, Math.ceil((traffic.recordsPerSecond * (kinesisMs + DOKA_OWN_MS)) / 1_000));
  const entries = traffic.recordsPerSecond;
  const { partitions } = traffic;
  const tooFew = partitions !== undefined && partitions < pods;
  return {
    name: 'doka in Kubernetes',
    target: 'Kinesis',
    size: { pods, partitionsMin: pods, shards: shardsOf(traffic, entries) },
    lines: [
      line(prices, 'fargateVcpuHour', 'vCPUs of the pods', pods * POD.vcpu * HOURS_A_MONTH),
      line(prices, 'fargateGbHour', 'memory of the pods', pods * POD.gb * HOURS_A_MONTH),
      line(prices, 'eksClusterHour', 'control plane, if no other work shares it', HOURS_A_MONTH),
      ...streamLines(prices, traffic, entries),
    ],
    notes: [
      ...(tooFew
        ? [`${partitions} partitions carry too little: a pod reads whole partitions, so this needs ${pods}`]
        : []),
      ...hotKeyNote(traffic, 1),
    ],
  };
}
