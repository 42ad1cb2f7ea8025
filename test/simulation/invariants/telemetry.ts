import { format } from 'node:util';
import type { BatchMeter, Log } from '../../../shared/telemetry/telemetry.ts';
import { SECRET } from '../services/kafka-log.ts';

/** Everything the functions say of themselves, as text. */
export interface WatchedTelemetry {
  readonly log: Log;
  readonly meter: BatchMeter;
  readonly said: ReadonlySet<string>;
}

/** What is logged without the logger counts as well: Lambda keeps all that a process prints. */
export function watchTelemetry(): WatchedTelemetry {
  const said = new Set<string>();
  const say = (message: string, fields: object) => said.add(`${message} ${JSON.stringify(fields)}`);
  listener = (text) => said.add(`printed ${text}`);
  watchPrinting();
  return {
    said,
    log: { info: say, warn: say },
    meter: {
      count: (name) => said.add(name),
      peak: (name) => said.add(name),
      least: (name) => said.add(name),
      take: () => [],
    },
  };
}

/** Whether a text holds something of a payload, a key, a header or a credential, in one of the forms it may have. */
export const leaks = (text: string): boolean => FORMS.some((form) => text.includes(form));

const bytes = Buffer.from(SECRET);

/** Of base64 the characters that the bytes around it cannot change, at each of its three alignments. */
const base64Forms = [0, 1, 2].map((bytesBefore) => {
  const text = Buffer.concat([Buffer.alloc(bytesBefore), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const [first, last] = [Math.ceil((bytesBefore * 8) / 6), Math.floor(((bytesBefore + bytes.length) * 8) / 6)];
  return text.slice(first, last);
});

const FORMS: readonly string[] = [SECRET, ...base64Forms, bytes.toString('hex'), bytes.join(',')];

/** The story that is being told: stories of one thread are told one after the other. */
let listener: ((text: string) => void) | undefined;
let isWatching = false;

const METHODS = ['debug', 'error', 'info', 'log', 'warn'] as const;

/** Printing goes on, but what leaks is held back. */
function watchPrinting(): void {
  if (isWatching) return;
  isWatching = true;
  const printers = globalThis.console;
  for (const method of METHODS) {
    const print = printers[method].bind(printers);
    printers[method] = (...words: unknown[]) => {
      const text = format(...words);
      if (leaks(text)) listener?.(text);
      else print(...words);
    };
  }
}
