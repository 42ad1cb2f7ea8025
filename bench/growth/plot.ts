import type { Curve, Point } from './curve.ts';

export interface Plot {
  readonly title: string;
  /** What grows: `records a batch`. */
  readonly across: string;
  readonly curves: readonly Curve[];
}

const [WIDTH, HEIGHT] = [720, 420];
const FRAME = { left: 70, right: 200, top: 50, bottom: 60 };
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9'];

/** An SVG document with both axes logarithmic: a cost that grows with the number is a rising line. */
export function svgOf({ title, across, curves }: Plot): string {
  const points = curves.flatMap((curve) => curve.points);
  const x = scaleOf(
    points.map(({ at }) => at),
    FRAME.left,
    WIDTH - FRAME.right,
  );
  const y = scaleOf(
    points.map(({ usPerRecord }) => usPerRecord),
    HEIGHT - FRAME.bottom,
    FRAME.top,
  );
  const bottom = HEIGHT - FRAME.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${FRAME.left}" y="28" font-size="15">${escaped(title)}</text>`,
    ...x.ticks.map((tick) => lineAndLabel(tick, { x: x.placeOf(tick), y: bottom + 18, anchor: 'middle' })),
    ...y.ticks.map((tick) => lineAndLabel(tick, { x: FRAME.left - 8, y: y.placeOf(tick), anchor: 'end' })),
    `<text x="${FRAME.left}" y="${HEIGHT - 16}">${escaped(across)} (across), CPU in us a record (up)</text>`,
    ...curves.map((curve, index) =>
      lineOf(curve, index, ({ at, usPerRecord }) => [x.placeOf(at), y.placeOf(usPerRecord)]),
    ),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  /** Powers of ten that enclose all numbers. */
  readonly ticks: readonly number[];
  placeOf(number: number): number;
}

/** @param numbers above 0 */
export function scaleOf(numbers: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...numbers)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...numbers))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    placeOf: (number) => Math.round(from + ((Math.log10(number) - low) / (high - low)) * (to - from)),
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'middle' | 'end';
}

function lineAndLabel(tick: number, { x, y, anchor }: Place): string {
  const end =
    anchor === 'middle'
      ? `x1="${x}" y1="${FRAME.top}" x2="${x}" y2="${HEIGHT - FRAME.bottom}"`
      : `x1="${FRAME.left}" y1="${y}" x2="${WIDTH - FRAME.right}" y2="${y}"`;
  const label = tick.toLocaleString('en-US', { maximumFractionDigits: 6 });
  return `<line ${end} stroke="#ddd"/><text x="${x}" y="${y}" dy="4" text-anchor="${anchor}">${label}</text>`;
}

function lineOf({ name, points }: Curve, index: number, placeOf: (point: Point) => readonly [number, number]): string {
  const colour = COLOURS[index % COLOURS.length];
  const places = points.map(placeOf);
  const y = FRAME.top + 14 + index * 20;
  const legendX = WIDTH - FRAME.right + 16;
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`),
    `<text x="${legendX}" y="${y}" fill="${colour}">${escaped(name)}</text>`,
  ].join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
