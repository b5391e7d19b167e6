/** A figure of the service beside those of the other designs. */
export interface Row {
  what: string;
  ours: string;
  /** The figure of the guide's design, or of the other checkout if the row says so; undefined if it has none. */
  guide?: string;
  /** The best possible figure: round trips alone, or a bare Express app. */
  limit?: string;
  /** Usually the service's figure divided by the limit's. */
  ratio?: string;
  /** The goal, and whether it is met; undefined if there is no goal. */
  wanted?: string;
  isMet?: boolean;
  /** Why there is no figure; undefined if there is one. */
  failure?: string;
}

const HEADINGS = ['', 'this service', "the guide's design", 'the limit', 'ratio', 'wanted', ''];

/** Formats the rows as a Markdown table. */
export function table(rows: Row[]): string {
  const cells = rows.map(({ what, ours, guide = '', limit = '', ratio = '', wanted = '', isMet, failure }) => {
    if (failure !== undefined) return [what, `not measured: ${failure.replace(/\s+/g, ' ')}`, '', '', '', '', 'MISSED'];
    const verdict = isMet === undefined ? '' : isMet ? 'met' : 'MISSED';
    return [what, ours, guide, limit, ratio, wanted, verdict];
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(3, heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (texts: string[]) => `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
