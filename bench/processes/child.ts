// A process with one handler. Arguments: the handler's file, the event's shape as JSON. A message {invocations} runs some, and is
// answered with their cost: from the event's text to the response's text, as in Lambda's runtime.
import { type EventShape, eventText } from '../harness/event.ts';

const EVENTS = 4;
const [, , file = '', shapeJson = ''] = process.argv;
const { handler } = await import(file);
let texts = textsOf(JSON.parse(shapeJson));
let invocationCount = 0;

function textsOf(shape: EventShape): readonly string[] {
  return Array.from({ length: EVENTS }, (_, index) => eventText(shape, index * 100_000));
}

async function invoke(): Promise<void> {
  const text = texts[invocationCount % EVENTS] ?? '';
  invocationCount += 1;
  const answerByMs = performance.now() + 120_000;
  const context = {
    awsRequestId: 'request',
    functionName: 'bench',
    getRemainingTimeInMillis: () => answerByMs - performance.now(),
  };
  const response = JSON.stringify(await handler(JSON.parse(text), context));
  if (response !== '{"batchItemFailures":[]}') throw new Error(`the handler answered ${response.slice(0, 300)}`);
}

/** The message of the parent: run invocations, or take events of another shape first. */
interface Order {
  readonly invocations: number;
  readonly shape?: EventShape;
}

process.on('message', async ({ invocations, shape }: Order) => {
  try {
    if (shape !== undefined) texts = textsOf(shape);
    const cpu = process.cpuUsage();
    const startedAtMs = performance.now();
    for (let index = 0; index < invocations; index += 1) await invoke();
    const { user, system } = process.cpuUsage(cpu);
    process.send?.({
      cpuMs: (user + system) / 1_000 / invocations,
      wallMs: (performance.now() - startedAtMs) / invocations,
      peakMb: process.resourceUsage().maxRSS / 1_024,
    });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.stack : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
