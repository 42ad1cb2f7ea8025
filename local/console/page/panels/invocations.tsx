import type { ConsoleView, InvocationView, Response } from '../../state/view.ts';
import { clockTime, counted, grouped, milliseconds } from '../format.ts';

export function Invocations({ view }: { readonly view: ConsoleView }) {
  return (
    <section class="table-frame" aria-label="The last invocations" tabIndex={0}>
      <table class="invocations">
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Function</th>
            <th scope="col">Batch</th>
            <th scope="col" class="number">
              Records
            </th>
            <th scope="col" class="number">
              Repeated
            </th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col" class="number">
              Written
            </th>
            <th scope="col" class="number">
              Ignored
            </th>
            <th scope="col" class="number">
              Dead letters
            </th>
            <th scope="col" class="number">
              Unsettled
            </th>
            <th scope="col" class="number">
              Retries
            </th>
            <th scope="col">Response</th>
          </tr>
        </thead>
        <tbody>
          {view.invocations.map((invocation) => (
            <Row key={invocation.id} invocation={invocation} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ invocation }: { readonly invocation: InvocationView }) {
  const { sink, startedAtMs, durationMs, parts, recordCount, repeatedCount, outcome, resentCount, codes, response } =
    invocation;
  const batch = parts.map(({ partition, firstOffset, lastOffset }) =>
    firstOffset === lastOffset ? `${partition}@${firstOffset}` : `${partition}@${firstOffset}–${lastOffset}`,
  );
  return (
    <tr class={`response-${response.kind}`}>
      <td>{clockTime(startedAtMs)}</td>
      <td>{sink}</td>
      <td class="batch">
        {batch.map((part) => (
          <span key={part} class="code">
            {part}
          </span>
        ))}
      </td>
      <Count count={recordCount} />
      <Count count={repeatedCount} />
      <td class="number">{durationMs === undefined ? '' : milliseconds(durationMs)}</td>
      <Count count={outcome?.written} />
      <Count count={outcome?.ignored} />
      <Count count={outcome?.deadLettered} />
      <Count count={outcome?.unsettled} />
      <Count count={resentCount} />
      <td>
        <ResponseText response={response} codes={codes} />
      </td>
    </tr>
  );
}

const Count = ({ count }: { readonly count: number | undefined }) => (
  <td class={`number ${count === 0 ? 'zero' : ''}`}>{count === undefined ? '' : grouped(count)}</td>
);

interface ResponseTextProps {
  readonly response: Response;
  readonly codes?: readonly string[];
}

export function ResponseText({ response, codes = [] }: ResponseTextProps) {
  switch (response.kind) {
    case 'running':
      return <span class="state state-flowing">running</span>;
    case 'settled':
      return <span class="state state-settled">all settled</span>;
    case 'failed':
      return <span class="state state-holding">failed: {response.errorType}</span>;
    case 'partial':
      return (
        <span class="state state-holding">
          names {counted(response.namedCount, 'record')}, lowest {response.lowest.join(', ')}
          {codes.length > 0 && `: ${codes.join(', ')}`}
        </span>
      );
  }
}
