import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// What promtool doesn't check. test/e2e/alerts.test.ts runs promtool.

const [, ...rules] = readFileSync('docs/alerts.yml', 'utf8').split(/^ {6}- alert: /m);
/** The name and the urgency of each alert in the table of the docs. */
const documented = [
  ...readFileSync('docs/watching.md', 'utf8').matchAll(/^\| `([A-Z]\w+)` +\| (page|ticket) +\|/gm),
].map(([, name, severity]) => [name, severity]);

describe.each(rules.map((rule) => [rule.split('\n')[0] ?? '', rule]))('the alert %s', (name, rule) => {
  it('says how urgent it is and what it means', () => {
    expect(rule).toMatch(/^ {10}severity: (page|ticket)$/m);
    expect(rule).toMatch(/^ {10}summary: .+\."?$/m);
    expect(rule).toMatch(/^ {10}description: >-$/m);
  });

  it('is explained in the docs, with the same urgency', () => {
    expect(documented).toContainEqual([name, /severity: (\w+)/.exec(rule)?.[1]]);
  });
});

it('the docs explain no other alert', () => {
  expect(documented).toHaveLength(rules.length);
});
