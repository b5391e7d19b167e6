/** The value that this share of the values (0 to 1) doesn't exceed. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

/** The longest time that still counts as equally fast: 5 ms and 5 % more. */
export function withSlack(fastMs: number): number {
  return 1.05 * fastMs + 5;
}
