/** One figure beside its rivals'. */
export interface Row {
  what: string;
  ours: string;
  /** The guide's design; empty where it has no such figure. */
  guide?: string;
  /** What nobody can beat: round trips alone, or a bare Express app. */
  limit?: string;
  /** Ours by the limit's, or what else is asked for, and whether that is so; undefined where nothing is asked for. */
  ratio?: string;
  wanted?: string;
  isMet?: boolean;
  /** Why there is no figure. */
  failure?: string;
}

const HEADINGS = ['', 'this service', "the guide's design", 'the limit', 'ratio', 'wanted', ''];

/** The rows as a table of Markdown, which is also what the terminal shows. */
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
