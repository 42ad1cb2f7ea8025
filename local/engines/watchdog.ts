import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends our children when this process is gone, however it went (`kill -9` included). A shell of a few hundred KB reads the
 * numbers of the children's process groups from a pipe; the kernel closes that pipe when we die, and then it ends
 * every group that was not taken off the list. It has a group of its own, so Ctrl-C on the terminal does not reach it.
 * (`kill -s TERM -- -1`: dash takes `--` only after the long form.)
 */
const SCRIPT = `
groups=' '
while read -r verb group; do
  case $verb in
    add) groups="$groups$group " ;;
    remove)
      kept=' '
      for known in $groups; do [ "$known" = "$group" ] || kept="$kept$known "; done
      groups=$kept ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
tries=0
while [ $tries -lt 50 ]; do
  alive=
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  tries=$((tries + 1))
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

let shell: ChildProcess | undefined;

function startShell(): ChildProcess {
  const started = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  // Without it the children run unwatched, which is worse only if we are killed: not a reason to stop.
  started.on('error', () => undefined);
  started.stdin?.on('error', () => undefined);
  started.unref();
  return started;
}

function tell(line: string): void {
  if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) shell = startShell();
  shell.stdin?.write(`${line}\n`);
}

/** From now on the process group led by `pid` ends when this process does. */
export function watch(pid: number): void {
  tell(`add ${pid}`);
}

/** The group has ended: its number may soon be somebody else's. */
export function unwatch(pid: number): void {
  tell(`remove ${pid}`);
}
