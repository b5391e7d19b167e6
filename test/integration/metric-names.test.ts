import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DASHBOARD } from '../support/dashboard.js';
import { getStatusRoute, PASSWORD } from '../support/status.js';
import { givenTwoPeople } from '../support/two-people.js';

// A rule or a panel that names a metric which doesn't exist is silent for ever. promtool can't notice that.

const DOCUMENT = 'docs/watching.md';

/** The metrics that the service exposes: the name of each, and the names and values of its labels. */
type Exposed = Map<string, Map<string, Set<string>>>;

/** Reads Prometheus' text format. A histogram has its own name and those of its three kinds of series. */
function exposedIn(text: string): Exposed {
  const exposed: Exposed = new Map();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    const parts = type === 'histogram' ? ['', '_bucket', '_sum', '_count'] : [''];
    for (const part of parts) exposed.set(name + part, new Map());
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      for (const series of [name, name.replace(/_(bucket|sum|count)$/, '')]) {
        const values = exposed.get(series);
        values?.set(label, (values.get(label) ?? new Set()).add(value));
      }
    }
  }
  return exposed;
}

/** What a text says of metrics that don't exist, or don't have those labels. Prometheus itself adds `instance` and `job`. */
function mistakesIn(text: string, exposed: Exposed): string[] {
  const mentions = text.replaceAll('\\"', '"').matchAll(/\b((?:recorder|process|nodejs)_[a-z]\w*)(?:\{([^}]*)\})?/g);
  return [...mentions].flatMap(([mention, name = '', selector = '']) => {
    const labels = exposed.get(name);
    if (!labels) return [mention];
    const asked = [...selector.matchAll(/(\w+)(?:(=~?|!=)"([^"]*)")?/g)];
    const isRight = asked.every(([, label = '', operator, value = '']) => {
      if (label === 'instance' || label === 'job') return true;
      const values = [...(labels.get(label) ?? [])];
      return operator?.startsWith('=') ? values.some((one) => new RegExp(`^(${value})$`).test(one)) : values.length > 0;
    });
    return isRight ? [] : [mention];
  });
}

/** What a service exposes that has had callbacks. */
async function exposedMetrics(): Promise<Exposed> {
  // Nothing answers there.
  const settings = { statusPassword: PASSWORD, redisUrl: 'redis://127.0.0.1:1' };
  const { pair } = await givenTwoPeople({ settings });
  return exposedIn((await getStatusRoute(pair, '/metrics').expect(200)).text);
}

describe('the metrics', () => {
  it.each(['docs/alerts.yml', DASHBOARD, DOCUMENT])('have the names and labels that %s uses', async (file) => {
    expect(mistakesIn(readFileSync(file, 'utf8'), await exposedMetrics())).toEqual([]);
  });

  it(`are all explained in ${DOCUMENT}`, async () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const own = [...(await exposedMetrics()).keys()].filter(
      (name) => /^recorder_/.test(name) && !/_(bucket|sum|count)$/.test(name),
    );
    expect(own.length).toBeGreaterThan(8);
    expect(own.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('are checked well enough to find a wrong name, label or value', async () => {
    const text =
      'recorder_webhooks{} recorder_webhooks_total{root="/inbound"} recorder_webhooks_total{route="/inbound",status!="200"}' +
      ' recorder_webhooks_total{route="/in"} recorder_reaction_seconds_bucket{le=~"1|1.0"}';
    expect(mistakesIn(text, await exposedMetrics())).toEqual([
      'recorder_webhooks{}',
      'recorder_webhooks_total{root="/inbound"}',
      'recorder_webhooks_total{route="/in"}',
    ]);
  });
});
