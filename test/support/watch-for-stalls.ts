import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentDb } from '../../local/engines/documentdb/documentdb.ts';
import { isServing } from '../../local/engines/documentdb/documentdb-client.ts';
import { logSince, logTail } from '../../local/engines/process/log-tail.ts';

const LOOK_EVERY_MS = 5_000;
/** An attempt takes 3 s before it fails: so the engine has been silent for at least 11 s. */
const SILENT_LOOKS_MIN = 2;
const DUMP_WAIT_MS = 1_000;
const FRAMES_MAX = 4;
/** The dump of Python's faulthandler: a line for each thread, then its frames, the innermost first. */
const THREAD_LINE = /^(?:Current thread|Thread) 0x/;
const FRAME_LINE = /^ {2}File ".*?([^/"]+)", line (\d+) in (\S+)/;

/**
 * Looks every few seconds whether the DocumentDB stand-in lets a user in. If it is silent, says what each of its threads does:
 * a run in which the engine stands still would show only timeouts of many tests.
 * @returns ends the watch, and says all of it again, so that it stands at the end of a log
 */
export function watchForStalls(documentdb: DocumentDb, say: (line: string) => void): () => void {
  const ended = new AbortController();
  const said: string[] = [];
  const tell = (line: string) => {
    said.push(line);
    say(line);
  };
  void watch(documentdb, tell, ended.signal).catch(() => undefined); // ended
  return () => {
    ended.abort();
    for (const line of said) say(line);
  };
}

async function watch(documentdb: DocumentDb, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  for (let silentLooks = 0; ; await pause(LOOK_EVERY_MS, undefined, { signal })) {
    silentLooks = (await isServing(documentdb, documentdb.user)) ? 0 : silentLooks + 1;
    if (silentLooks !== SILENT_LOOKS_MIN || signal.aborted) continue;
    tell(
      `${documentdb.name} answered none of ${SILENT_LOOKS_MIN} logins until ${new Date().toISOString()}. Its log and its threads:`,
    );
    for (const line of await whatItDoes(documentdb)) tell(line);
  }
}

async function whatItDoes({ pid, logFile }: DocumentDb): Promise<readonly string[]> {
  const processId = pid();
  if (processId === undefined) return ['  its process has ended'];
  const before = (await logTail(logFile, 5)) || '  its log is empty';
  const { length } = await logSince(logFile, 0);
  process.kill(processId, 'SIGUSR1');
  await pause(DUMP_WAIT_MS);
  return [before, ...summaryOfStacks((await logSince(logFile, 0)).slice(length))];
}

/** `3 x recv (socket.py:706) < read_message (wire.py:120)`: threads that are at the same place are one line, the most first. */
export function summaryOfStacks(dump: string): readonly string[] {
  const places = new Map<string, number>();
  for (const thread of threadsOf(dump)) {
    const frames = thread.flatMap((line) => {
      const [, file, lineNumber, name] = FRAME_LINE.exec(line) ?? [];
      return name === undefined ? [] : [`${name} (${file}:${lineNumber})`];
    });
    const place = frames.slice(0, FRAMES_MAX).join(' < ');
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  return [...places].sort(([, a], [, b]) => b - a).map(([place, count]) => `  ${count} x ${place}`);
}

function threadsOf(dump: string): readonly (readonly string[])[] {
  const threads: string[][] = [];
  for (const line of dump.split('\n')) {
    if (THREAD_LINE.test(line)) threads.push([]);
    threads.at(-1)?.push(line);
  }
  return threads;
}
