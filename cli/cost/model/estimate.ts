import type { Measured } from '../measured.ts';
import type { PriceList } from '../prices.ts';
import { functionWay } from './functions.ts';
import type { Way } from './lines.ts';
import { dokaWay, mskConnectWay } from './peers.ts';
import type { SinkSettings } from './sink-settings.ts';
import type { RoundTrips, Traffic } from './traffic.ts';

/** Each function of a stage, followed by the other ways to its target. Pure. */
export const estimate = (
  sinks: readonly SinkSettings[],
  traffic: Traffic,
  measured: Measured,
  roundTrips: RoundTrips,
  prices: PriceList,
): readonly Way[] =>
  sinks.flatMap((sink) => {
    const own = functionWay(sink, traffic, measured, roundTrips, prices);
    const connect = mskConnectWay(own.target, traffic, measured, prices);
    return own.target === 'Kinesis' ? [own, connect, dokaWay(traffic, roundTrips, prices)] : [own, connect];
  });
