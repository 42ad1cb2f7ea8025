/** `Orders: pollers_scaled from=1 to=2 lag=400` */
export function logLine(message: string, { mapping, topic: _, ...fields }: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  return [`${mapping}: ${message}`, ...texts].join(' ');
}
