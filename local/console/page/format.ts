// Figures and times as the page writes them.

export const grouped = (count: number): string => count.toLocaleString('en-US');

/** One decimal below ten. */
export const perSecond = (rate: number): string =>
  rate > 0 && rate < 9.95 ? rate.toFixed(1) : grouped(Math.round(rate));

export function duration(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1_000);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export const milliseconds = (ms: number): string =>
  ms < 10_000 ? `${grouped(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;

/** The time of day, with seconds. */
export const clockTime = (atMs: number): string => new Date(atMs).toLocaleTimeString('en-GB');

export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  return count < 1_024 * 1_024 ? `${(count / 1_024).toFixed(1)} KiB` : `${(count / 1_024 / 1_024).toFixed(1)} MiB`;
}

export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `shardId-000000000002` is shard 2. */
export const shardTitle = (shardId: string): string => shardId.replace(/^shardId-0*(?=\d)/, 'shard ');
