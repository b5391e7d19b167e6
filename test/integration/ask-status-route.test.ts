import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { askFeed } from '../../src/running-service/ask-feed.js';
import { askStories } from '../../src/running-service/ask-stories.js';
import { askWebhooks } from '../../src/running-service/ask-webhooks.js';
import { freePort } from '../support/free-port.js';
import { startPair } from '../support/service-beside-simulator.js';
import { PASSWORD } from '../support/status.js';

describe.each([
  ['the webhooks', '/webhooks', askWebhooks],
  ['the feed', '/conferences', askFeed],
  ['the stories', '/conferences', askStories],
])('asking for %s fails with a sentence if', (_what, route, ask) => {
  it('nothing answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(ask(url, PASSWORD)).rejects.toThrow(/^http:\S+ does not answer \(.*ECONNREFUSED.*\)\.$/);
    await expect(ask(url, PASSWORD)).rejects.toThrow(`${url}${route} `);
  });

  it('the service has another password, or none', async () => {
    const { service } = await startPair({ settings: { statusPassword: PASSWORD } });
    await expect(ask(service.publicUrl, 'wrong')).rejects.toThrow(
      /^STATUS_PASSWORD differs from that of the running service\.$/,
    );
    const open = await startPair();
    await expect(ask(open.service.publicUrl, PASSWORD)).rejects.toThrow(
      /^The running service has no STATUS_PASSWORD\.$/,
    );
  });

  it('something else answers there', async () => {
    const other = createServer((_request, response) => void response.end('Hello'));
    onTestFinished(() => void other.close());
    const url = `http://127.0.0.1:${await listen(other, 0, '127.0.0.1')}`;
    await expect(ask(url, PASSWORD)).rejects.toThrow(
      `${url}${route} is answered by something other than this service.`,
    );
  });
});
