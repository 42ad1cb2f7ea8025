import { inTurn, type Probe } from '../../../shared/probe/probe.ts';
import { classifyError } from './classify.ts';
import type { StreamPort } from './preflight.ts';

/**
 * Sees the way to the stream: the session in the other account, the network, the rights of the role. Writes nothing.
 * @param roleArn undefined: the function writes with its own role, and needs no session
 */
export const probeStream = (port: StreamPort, roleArn: string | undefined): Probe =>
  inTurn(
    [
      {
        title: 'session',
        async run() {
          await port.ready();
          return roleArn === undefined
            ? 'none: the function writes with its own role, because roleArn is not set'
            : "the role in the stream's account gives a session";
        },
      },
      {
        title: 'stream',
        async run(signal) {
          const { status, recordKiBMax, distribution } = await port.describeStream(signal);
          return `${status}, records up to ${recordKiBMax ?? 'an unknown number of'} KiB, distribution ${distribution ?? 'unknown'}`;
        },
      },
    ],
    (error) => classifyError(error).failure.detail,
  );
