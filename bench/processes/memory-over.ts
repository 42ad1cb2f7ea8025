import { type LambdaOptions, startLambda } from './lambda.ts';

/** 5.8 MB: Lambda's event source mapping makes events of at most 6 MB. */
export const FULL_EVENT = { records: 3_900, partitions: 4, valueBytes: 1_000 };
/** So many events show whether memory goes on growing. */
export const EVENTS = 200;

/** Of a new process that handles the event some times. */
export async function memoryOver(options: LambdaOptions, event: string, times: number) {
  const lambda = await startLambda(options);
  try {
    await lambda.ready();
    const idle = await lambda.memory();
    for (let index = 0; index < times; index += 1) await lambda.invoke(event);
    const { residentMb, peakMb } = await lambda.memory();
    return { residentMb, aboveIdleMb: peakMb - idle.residentMb };
  } finally {
    await lambda.stop();
  }
}
