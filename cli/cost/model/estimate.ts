import type { Measured } from '../measured.ts';
import type { PriceList } from '../prices.ts';
import { functionWay } from './functions.ts';
import { NO_LOAD, type PollerLoad, together } from './invocations.ts';
import type { Way } from './lines.ts';
import { dokaWay, mskConnectWay } from './peers.ts';
import type { SinkSettings } from './sink-settings.ts';
import { megabytesPerSecond, type RoundTrips, type Traffic } from './traffic.ts';

/** Each function of a stage, followed by the other ways to its target. Pure. */
export function estimate(
  sinks: readonly SinkSettings[],
  traffic: Traffic,
  measured: Measured,
  roundTrips: RoundTrips,
  prices: PriceList,
): readonly Way[] {
  const loads = new Map<string, PollerLoad>();
  return sinks.flatMap((sink) => {
    const before = loads.get(sink.pollerGroup) ?? NO_LOAD;
    const own = functionWay(sink, traffic, measured, roundTrips, prices, before);
    const load = { pollers: own.size['pollers'] ?? 0, megabytesPerSecond: megabytesPerSecond(traffic) };
    if (sink.pollerGroup !== '') loads.set(sink.pollerGroup, together(before, load));
    const connect = mskConnectWay(own.target, traffic, measured, prices);
    return own.target === 'Kinesis' ? [own, connect, dokaWay(traffic, roundTrips, prices)] : [own, connect];
  });
}
