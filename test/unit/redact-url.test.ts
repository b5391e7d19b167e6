import { expect, it } from 'vitest';
import { redactUrl } from '../../src/log/redact-url.js';

it.each([
  ['https://a.example/callback', 'https://a.example/callback'],
  ['https://a.example/inbound?room=sales%20team', 'https://a.example/inbound?room=sales%20team'],
  ['/inbound?room=a&From=%2B15550100&To=&room=b', '/inbound?room=a&From=…&To=…&room=b'],
  ['/inbound?+15550100&=5&a=b=c', '/inbound?…&…&a=…'],
  ['/inbound?From=1?room=2', '/inbound?From=…'],
  ['/inbound?', '/inbound?'],
  ['https://me:secret@a.example/voice?token=secret&room=a', 'https://…@a.example/voice?token=…&room=a'],
  ['https://a.example/voice?secret#secret', 'https://a.example/voice?…#…'],
  ['https://a.example/voice#tt=2000?a=secret', 'https://a.example/voice#…'],
  ['sip:me:secret@a.example', 'sip:…@a.example'],
  ['/a@b/c?d@e', '/a@b/c?…'],
])('the URL %s is logged as %s', (url, logged) => {
  expect(redactUrl(url)).toBe(logged);
});
