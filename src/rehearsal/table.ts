import type { Finding } from './findings.js';
import { formatBracket } from './results.js';

const LABELS = { ok: 'ok', 'not ok': 'NOT OK', unknown: '?' };

/** The longest text in a column; what is longer wraps. */
const WIDTHS = { what: 55, space: 32, assumes: 32 };

/** A table for the terminal: what, this space, what the service assumes, and whether that fits. Notes stand below their row. */
export function formatTable(findings: readonly Finding[]): string {
  const rows = findings.flatMap((finding) => {
    const { what, assumes, verdict, note } = finding;
    const cells = [wrap(what, WIDTHS.what), wrap(formatValue(finding), WIDTHS.space), wrap(assumes, WIDTHS.assumes)];
    const height = Math.max(...cells.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, index) =>
      line(
        cells.map((cell) => cell[index] ?? ''),
        index === 0 ? LABELS[verdict] : '',
      ),
    );
    return note === null ? lines : [...lines, ...wrap(note, 116).map((text) => `    ${text}`)];
  });
  const header = line(['what', 'this space', 'the service assumes'], 'fits');
  const rule = line(
    Object.values(WIDTHS).map((width) => '-'.repeat(width)),
    '------',
  );
  return [header, rule, ...rows].join('\n');
}

function formatValue({ value }: Finding): string {
  if (value === null) return 'not known';
  return typeof value === 'string' ? value : formatBracket(value);
}

function line([what = '', space = '', assumes = '']: string[], verdict: string): string {
  return [what.padEnd(WIDTHS.what), space.padEnd(WIDTHS.space), assumes.padEnd(WIDTHS.assumes), verdict]
    .join('  ')
    .trimEnd();
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
