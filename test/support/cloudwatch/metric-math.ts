/** The values of one metric or expression by period, the latest last. Undefined: no data. */
export type Series = readonly (number | undefined)[];

type Environment = Readonly<Record<string, Series>>;

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|[-+*/()[\],<>])/y;

/**
 * The part of CloudWatch's metric math that the alarms use.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Error for anything else
 */
export function evaluate(expression: string, environment: Environment): Series {
  const tokens = tokensOf(expression);
  const periodCount = Object.values(environment)[0]?.length ?? 0;
  const constant = (value: number): Series => Array.from({ length: periodCount }, () => value);
  const take = (expected?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`expected ${expected ?? 'more'} in ${expression}, not ${token}`);
    return token;
  };
  const binary = (next: () => Series, operators: Readonly<Record<string, (a: number, b: number) => number>>) => () => {
    let left = next();
    for (let operator = operators[tokens[0] ?? '']; operator !== undefined; operator = operators[tokens[0] ?? '']) {
      take();
      left = both(left, next(), operator);
    }
    return left;
  };
  const argumentsOf = (close: string): readonly Series[] => {
    const all = [any()];
    while (tokens[0] === ',') {
      take();
      all.push(any());
    }
    take(close);
    return all;
  };
  const call = (name: string): Series => {
    take('(');
    if (name === 'MIN') {
      take('[');
      const all = argumentsOf(']');
      take(')');
      return all.reduce((a, b) => both(a, b, Math.min));
    }
    const [first = [], second = [], third = []] = argumentsOf(')');
    switch (name) {
      case 'IF':
        return first.map((value, index) =>
          value === undefined ? undefined : value !== 0 ? second[index] : third[index],
        );
      case 'DIFF':
        return first.map((value, index) => minus(value, first[index - 1]));
      case 'FILL':
        return first.map((value, index) => value ?? second[index]);
      default:
        throw new Error(`${name} is no function that an alarm uses`);
    }
  };
  const operand = (): Series => {
    const token = take();
    if (/^\d/.test(token)) return constant(Number(token));
    if (token === '(') {
      const inner = any();
      take(')');
      return inner;
    }
    if (tokens[0] === '(') return call(token);
    const series = environment[token];
    if (series === undefined) throw new Error(`${token} is no metric of ${expression}`);
    return series;
  };
  const product = binary(operand, { '*': (a, b) => a * b, '/': (a, b) => a / b });
  const sum = binary(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
  const comparison = binary(sum, {
    '>': (a, b) => Number(a > b),
    '<': (a, b) => Number(a < b),
    '>=': (a, b) => Number(a >= b),
    '<=': (a, b) => Number(a <= b),
  });
  const conjunction = binary(comparison, { AND: (a, b) => Number(a !== 0 && b !== 0) });
  function any(): Series {
    return conjunction();
  }
  const result = any();
  if (tokens.length > 0) throw new Error(`${tokens[0]} is too much in ${expression}`);
  return result;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const [, token] = TOKEN.exec(expression) ?? [];
    if (token === undefined) throw new Error(`${expression} is not understood`);
    tokens.push(token);
  }
  return tokens;
}

/** A period without data in one of both has no result. */
const both = (a: Series, b: Series, operator: (a: number, b: number) => number): Series =>
  a.map((left, index) => {
    const right = b[index];
    return left === undefined || right === undefined ? undefined : operator(left, right);
  });

const minus = (value: number | undefined, before: number | undefined): number | undefined =>
  value === undefined || before === undefined ? undefined : value - before;
