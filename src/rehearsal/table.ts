import type { Finding } from './findings/finding.js';
import { formatBracket } from './findings/results.js';

const LABELS = { ok: 'ok', 'not ok': 'NOT OK', unknown: '?' };

/** The longest text in a column, if there is room; what is longer wraps. */
const WIDTHS = [55, 32, 32];
const GAP = 2;
const FITS = 'NOT OK'.length;
const FIXED = WIDTHS.length * GAP + FITS;
const SCALED = WIDTHS.reduce((sum, width) => sum + width, 0);
/** The longest line of a note or of the summary. */
const PROSE = 116;

/**
 * A table for the terminal: what, this space, what the service assumes, and whether that fits. Notes stand below their row. What
 * could not be seen is left out.
 *
 * @param columns how wide the terminal is; undefined or 0 if that isn't known
 */
export function formatTable(findings: readonly Finding[], columns?: number): string {
  const share = Math.max(0, Math.min(1, ((columns || SCALED + FIXED) - FIXED) / SCALED));
  const widths = WIDTHS.map((width) => Math.floor(width * share));
  const toLine = (cells: string[], label: string) =>
    [...cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)), label].join(' '.repeat(GAP)).trimEnd();
  const toRow = (cells: string[], label: string) => {
    const wrapped = cells.map((cell, index) => wrap(cell, widths[index] ?? 0));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, index) =>
      toLine(
        wrapped.map((lines) => lines[index] ?? ''),
        index === 0 ? label : '',
      ),
    );
  };
  const rows = findings.filter(isSeen).flatMap((finding) => {
    const { what, assumes, verdict, note } = finding;
    const row = toRow([what, formatValue(finding), assumes], LABELS[verdict]);
    return note === null ? row : [...row, ...wrap(note, Math.floor(PROSE * share)).map((text) => `    ${text}`)];
  });
  const rule = toLine(
    widths.map((width) => '-'.repeat(width)),
    '-'.repeat(FITS),
  );
  return [...toRow(['what', 'this space', 'the service assumes'], 'fits'), rule, ...rows].join('\n');
}

/** How many findings fit, and of what nothing was seen. @param columns as above */
export function formatSummary(findings: readonly Finding[], columns?: number): string {
  const count = (verdict: Finding['verdict']) => findings.filter((one) => one.verdict === verdict).length;
  const seen = `${count('ok')} of ${findings.length} are ok, ${count('not ok')} NOT OK, ${count('unknown')} not known.`;
  const missing = findings.filter((one) => !isSeen(one)).map(({ what }) => what);
  if (missing.length === 0) return seen;
  return `${seen} Nothing was seen of these:\n${wrap(missing.join('; '), Math.min(PROSE, (columns || SCALED + FIXED) - 1)).join('\n')}.`;
}

const isSeen = ({ value, note }: Finding) => value !== null || note !== null;

function formatValue({ value }: Finding): string {
  if (value === null) return 'not known';
  return typeof value === 'string' ? value : formatBracket(value);
}

/** Breaks a text between words. A word that is longer than the width stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
