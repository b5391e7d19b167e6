import { readFileSync } from 'node:fs';

export const DASHBOARD = 'docs/grafana.json';

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  targets?: { datasource: { type: string; uid: string }; expr: string }[];
}

/** The panels of the dashboard for Grafana; those of the type `row` are headings. */
export function dashboardPanels(): Panel[] {
  return JSON.parse(readFileSync(DASHBOARD, 'utf8')).panels;
}

/** What the dashboard asks Prometheus for, with Grafana's variables in it. */
export function dashboardQueries(): string[] {
  return dashboardPanels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}
