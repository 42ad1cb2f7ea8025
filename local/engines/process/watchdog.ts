import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends the children when this process is gone, even after `kill -9`. A shell of a few hundred KB reads the ids of the
 * children's process groups from a pipe. When this process dies, the kernel closes the pipe, and the shell ends every group
 * still on its list. The shell has its own process group, so Ctrl-C does not reach it.
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
  // Without the watchdog, children outlive a killed parent. That is no reason to stop.
  started.on('error', () => undefined);
  started.stdin?.on('error', () => undefined);
  started.unref();
  return started;
}

function tell(line: string): void {
  if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) shell = startShell();
  shell.stdin?.write(`${line}\n`);
}

/** Ends the process group of `pid` when this process ends. */
export function watch(pid: number): void {
  tell(`add ${pid}`);
}

/** Removes a group that has ended: another process may get its id. */
export function unwatch(pid: number): void {
  tell(`remove ${pid}`);
}
