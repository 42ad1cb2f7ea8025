import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Sample } from '../../state/view.ts';
import { grouped, perSecond } from '../format.ts';

interface Line {
  readonly name: string;
  /** A custom property of the styles. */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly value: (sample: Sample, index: number, samples: readonly Sample[]) => number;
}

const SMOOTHED = 5;

const rateOf =
  (count: (sample: Sample) => number): Line['value'] =>
  (sample, index, samples) => {
    const before = samples[Math.max(0, index - SMOOTHED)];
    if (before === undefined || before.atMs >= sample.atMs) return 0;
    return Math.max(0, ((count(sample) - count(before)) * 1_000) / (sample.atMs - before.atMs));
  };

const RATES: readonly Line[] = [
  { name: 'produced', color: '--line-produced', value: rateOf(({ producedCount }) => producedCount) },
  { name: 'kinesisSink', color: '--line-first', value: rateOf(({ settledCounts }) => settledCounts.kinesisSink) },
  {
    ...{ name: 'documentdbSink', color: '--line-second', dash: [6, 4] },
    value: rateOf(({ settledCounts }) => settledCounts.documentdbSink),
  },
];

const LAGS: readonly Line[] = [
  { name: 'kinesisSink', color: '--line-first', value: ({ lags }) => lags.kinesisSink },
  { name: 'documentdbSink', color: '--line-second', dash: [6, 4], value: ({ lags }) => lags.documentdbSink },
];

export function Charts({ samples }: { readonly samples: readonly Sample[] }) {
  return (
    <section class="panel charts" aria-label="The last ten minutes">
      <Chart title="Records a second" lines={RATES} samples={samples} text={perSecond} />
      <Chart title="Records that wait in Kafka" lines={LAGS} samples={samples} text={grouped} />
    </section>
  );
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly samples: readonly Sample[];
  readonly text: (value: number) => string;
}

const HEIGHT = 158;

function Chart({ title, lines, samples, text }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const columns = lines.map(({ value }) => samples.map(value));
  useEffect(() => {
    const host = place.current;
    if (host === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(host, lines), [[], ...lines.map(() => [])], host);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: host.clientWidth, height: HEIGHT }));
    resized.observe(host);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, [lines]);
  useEffect(() => plot.current?.setData([samples.map(({ atMs }) => atMs / 1_000), ...columns]));
  const latest = columns.map((column) => text(column.at(-1) ?? 0));
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend">
          {lines.map(({ name, color, dash }, index) => (
            <li key={name}>
              <i class={dash ? 'dashed' : ''} style={{ borderColor: `var(${color})` }} aria-hidden="true" />
              {name} <b>{latest[index]}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        aria-label={`${title} over time: ${lines.map(({ name }, index) => `${name} ${latest[index]}`).join(', ')}`}
      />
    </figure>
  );
}

function optionsOf(host: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const color = (name: string) => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('--rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: host.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(10, max * 1.1)] } },
    axes: [
      { ...axis, size: 24, space: 80, values: '{HH}:{mm}:{ss}' },
      { ...axis, size: 44, space: 34, values: (_plot, splits) => splits.map((split) => grouped(split)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: color(line.color),
        width: 1.75,
        points: { show: false },
        ...(line.dash && { dash: [...line.dash] }),
      })),
    ],
  };
}
