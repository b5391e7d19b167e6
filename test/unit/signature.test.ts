import { describe, expect, it } from 'vitest';
import { isSigned } from '../../src/signalwire/signature.js';
import { sign } from '../support/sign.js';

const KEY = 'PSK_test';
const FORM = { To: '+15550100', CallSid: 'c', From: '+15550199' };

describe("SignalWire's signature", () => {
  it.each([
    ['of a form', 'https://recorder.example.com/callback', FORM],
    ['of a form and a query', 'https://recorder.example.com/inbound?room=sales%20team', FORM],
    ['of a query alone', 'https://recorder.example.com/callback?CallSid=c&From=%2B1555', {}],
    ['of a URL with a path before ours', 'https://example.com/recorder/callback', FORM],
    ['of a URL with a port', 'http://127.0.0.1:3000/callback', FORM],
  ])('is recognised: %s', (_case, url, form) => {
    expect(isSigned(KEY, sign(KEY, url, form), url, form)).toBe(true);
  });

  it('may have been made with the standard port in the URL', () => {
    const signature = sign(KEY, 'https://recorder.example.com:443/callback', FORM);
    expect(isSigned(KEY, signature, 'https://recorder.example.com/callback', FORM)).toBe(true);
  });

  it.each([
    ['another key', sign('PSK_other', 'https://a.example/callback', FORM), 'https://a.example/callback', FORM],
    ['another URL', sign(KEY, 'https://b.example/callback', FORM), 'https://a.example/callback', FORM],
    ['another query', sign(KEY, 'https://a.example/callback?a=1', FORM), 'https://a.example/callback?a=2', FORM],
    ['another form', sign(KEY, 'https://a.example/callback', FORM), 'https://a.example/callback', { ...FORM, To: 'x' }],
    ['nothing', '', 'https://a.example/callback', FORM],
    ['nonsense', 'nonsense', 'https://a.example/callback', FORM],
  ])('is refused when it is of %s', (_case, signature, url, form) => {
    expect(isSigned(KEY, signature, url, form)).toBe(false);
  });
});
