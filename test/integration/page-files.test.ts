import { readdirSync } from 'node:fs';
import request from 'supertest';
import { expect, it } from 'vitest';
import { startPair } from '../support/service-beside-simulator.js';
import { getStatusRoute, PASSWORD } from '../support/status.js';

const FILES = readdirSync('src/status/page').filter((name) => name !== 'index.html');

it('serves each file of the page to those who know the password, and nothing else from there', async () => {
  const pair = await startPair({ settings: { statusPassword: PASSWORD } });
  const html = (await getStatusRoute(pair, '/').expect(200)).text;
  expect(FILES).toContain('status.js');
  for (const name of FILES) {
    await request(`http://127.0.0.1:${pair.service.port}`).get(`/${name}`).expect(401);
    const type = name.endsWith('.css') ? /^text\/css/ : /^text\/javascript/;
    const { text } = await getStatusRoute(pair, `/${name}`).expect(200).expect('content-type', type);
    // Whatever it loads is there.
    for (const [, imported] of text.matchAll(/from '\.\/([\w-]+\.js)'/g)) expect(FILES).toContain(imported);
  }
  for (const [, loaded] of html.matchAll(/(?:src|href)="([\w-]+\.\w+)"/g)) expect(FILES).toContain(loaded);
  for (const path of ['/index.html', '/other.js', '/page/status.js', '/../status-routes.ts', '/status.js/']) {
    await getStatusRoute(pair, path).expect(404);
  }
});
