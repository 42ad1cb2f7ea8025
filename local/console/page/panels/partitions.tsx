import type { ConsoleView } from '../../state/view.ts';
import { grouped } from '../format.ts';

/** Lag and offsets by partition. */
export function Partitions({ view }: { readonly view: ConsoleView }) {
  return (
    <section class="table-frame" aria-label="Lag and offsets by partition" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col" class="number">
              End offset
            </th>
            {view.sinks.map(({ name }) => [
              <th key={`${name}-committed`} scope="col" class="number">
                {name} committed
              </th>,
              <th key={`${name}-lag`} scope="col" class="number">
                {name} lag
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {(view.sinks[0]?.partitions ?? []).map(({ partition, endOffset }) => (
            <tr key={partition}>
              <th scope="row" class="code">{`${view.topic}-${partition}`}</th>
              <td class="number">{grouped(endOffset)}</td>
              {view.sinks.map(({ name, partitions }) => {
                const own = partitions.find((each) => each.partition === partition);
                return [
                  <td key={`${name}-committed`} class="number">
                    {grouped(own?.committedOffset ?? 0)}
                  </td>,
                  <td key={`${name}-lag`} class={`number ${own?.lag === 0 ? 'zero' : ''}`}>
                    {grouped(own?.lag ?? 0)}
                  </td>,
                ];
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
