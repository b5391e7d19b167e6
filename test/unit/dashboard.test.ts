import { describe, expect, it } from 'vitest';
import { dashboardPanels, type Panel } from '../support/dashboard.js';

/** Grafana's grid has that many columns. */
const COLUMNS = 24;

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isAbove = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isAbove;
}

describe('the dashboard', () => {
  const all = dashboardPanels();
  const panels = all.filter(({ type }) => type !== 'row');

  it('gives each panel an id and a place of its own', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const [index, panel] of all.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(COLUMNS);
      expect(all.slice(index + 1).filter((other) => overlap(panel, other))).toEqual([]);
    }
  });

  it('explains each panel, and asks the Prometheus that was chosen at the top', () => {
    const chosen = { type: 'prometheus', uid: `\${datasource}` };
    for (const { title, description, datasource, targets = [] } of panels) {
      expect(description, title).toMatch(/\.$/);
      expect([datasource, ...targets.map((target) => target.datasource)], title).toEqual(
        Array(1 + targets.length).fill(chosen),
      );
    }
  });

  it('asks only about the copies that were chosen at the top', () => {
    for (const { targets = [] } of panels) {
      for (const { expr } of targets) {
        const series = expr.match(/\b(?:up|(?:recorder|process|nodejs)_\w+)\b(?:\{[^}]*\})?/g) ?? [];
        expect(series.length).toBeGreaterThan(0);
        for (const one of series) expect(one).toContain('instance=~"$instance"');
      }
    }
  });
});
