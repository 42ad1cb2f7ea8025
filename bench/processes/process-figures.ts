import { readFile } from 'node:fs/promises';

/** Of the whole process, now and at most since its start. */
export interface Memory {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** @throws Error if the system has no /proc */
export const memoryOf = async (pid: number | undefined): Promise<Memory> => memoryIn(await read(pid, 'status'));

/** User and system time of a process since its start. @throws Error if the system has no /proc */
export const cpuMsOf = async (pid: number | undefined): Promise<number> => cpuMsIn(await read(pid, 'stat'));

async function read(pid: number | undefined, name: string): Promise<string> {
  if (process.platform !== 'linux') {
    throw new Error('This job reads /proc, which only Linux has. Name the other jobs: npm run bench -- NAME ..');
  }
  return await readFile(`/proc/${pid}/${name}`, 'utf8');
}

/** The figures of a text of /proc/PID/status. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export function memoryIn(status: string): Memory {
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024;
  return { residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
}

/** Of Linux on every processor that Node runs on. https://man7.org/linux/man-pages/man2/times.2.html */
const TICK_MS = 10;
/** Fields 14 and 15 of /proc/PID/stat, counted behind the name in brackets. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const [USER, SYSTEM] = [11, 12] as const;

/** The times of a text of /proc/PID/stat. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER]) + Number(fields[SYSTEM])) * TICK_MS;
}
