import { expect, it } from 'vitest';
import { redactUrl } from '../../src/http/redact-url.js';

it.each([
  ['https://a.example/callback', 'https://a.example/callback'],
  ['https://a.example/inbound?room=sales%20team', 'https://a.example/inbound?room=sales%20team'],
  ['/inbound?room=a&From=%2B15550100&To=&room=b', '/inbound?room=a&From=…&To=…&room=b'],
  ['/inbound?+15550100&=5&a=b=c', '/inbound?…&…&a=…'],
  ['/inbound?From=1?room=2', '/inbound?From=…'],
  ['/inbound?', '/inbound?'],
])('the URL %s is logged as %s', (url, logged) => {
  expect(redactUrl(url)).toBe(logged);
});
