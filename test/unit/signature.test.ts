import { describe, expect, it } from 'vitest';
import { isFormSigned, isJsonSigned } from '../../src/signalwire/signature.js';
import { sign, signJson } from '../support/sign.js';

const KEY = 'PSK_test';
const FORM = { To: '+15550100', CallSid: 'c', From: '+15550199' };

describe("SignalWire's signature of a form", () => {
  it.each([
    ['a form', 'https://recorder.example.com/callback', FORM],
    ['a form and a query', 'https://recorder.example.com/inbound?room=sales%20team', FORM],
    ['a query alone', 'https://recorder.example.com/callback?CallSid=c&From=%2B1555', {}],
    ['a public URL with a path', 'https://example.com/recorder/callback', FORM],
    ['a URL with a port', 'http://127.0.0.1:3000/callback', FORM],
    ['a URL with capital letters in the host', 'https://Recorder.Example.com/callback?Room=A', FORM],
  ])('is accepted for %s', (_case, url, form) => {
    expect(isFormSigned(KEY, sign(KEY, url, form), url, form)).toBe(true);
  });

  it('may include the default port in the URL', () => {
    const signature = sign(KEY, 'https://recorder.example.com:443/callback', FORM);
    expect(isFormSigned(KEY, signature, 'https://recorder.example.com/callback', FORM)).toBe(true);
  });

  it('covers all values of a parameter, even if the host has capital letters', () => {
    for (const host of ['recorder.example.com', 'Recorder.example.com']) {
      const url = `https://${host}/callback`;
      expect(isFormSigned(KEY, sign(KEY, url, { a: '1a2', b: '3' }), url, { b: '3', a: ['1', '2'] })).toBe(true);
      expect(isFormSigned(KEY, sign(KEY, url, { a: '1', b: '3' }), url, { b: '3', a: ['1', '2'] })).toBe(false);
    }
  });

  it.each([
    ['another key', sign('PSK_other', 'https://a.example/callback', FORM), 'https://a.example/callback', FORM],
    ['another URL', sign(KEY, 'https://b.example/callback', FORM), 'https://a.example/callback', FORM],
    ['another query', sign(KEY, 'https://a.example/callback?a=1', FORM), 'https://a.example/callback?a=2', FORM],
    ['another form', sign(KEY, 'https://a.example/callback', FORM), 'https://a.example/callback', { ...FORM, To: 'x' }],
    ['nothing', '', 'https://a.example/callback', FORM],
    ['nonsense', 'nonsense', 'https://a.example/callback', FORM],
    ['non-ASCII characters', 'é'.repeat(28), 'https://a.example/callback', FORM],
  ])('is rejected if it is of %s', (_case, signature, url, form) => {
    expect(isFormSigned(KEY, signature, url, form)).toBe(false);
  });
});

describe("SignalWire's signature of JSON", () => {
  const URL = 'https://Recorder.example.com/callback?a=1';
  const BODY = Buffer.from('{ "CallSid": "c", "FriendlyName": "büro" }');

  it('covers the bytes of the body exactly', () => {
    expect(isJsonSigned(KEY, signJson(KEY, URL, BODY), URL, BODY)).toBe(true);
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(isJsonSigned(KEY, signJson(KEY, URL, bytes), URL, bytes)).toBe(true);
  });

  it.each([
    ['another key', signJson('PSK_other', URL, BODY)],
    ['another URL', signJson(KEY, URL.toLowerCase(), BODY)],
    ['another body', signJson(KEY, URL, '{}')],
    ['the URL alone', signJson(KEY, URL, '')],
    ['the right body, but in base64', Buffer.from(signJson(KEY, URL, BODY), 'hex').toString('base64')],
    ['nothing', ''],
    ['non-ASCII characters', 'é'.repeat(20)],
  ])('is rejected if it is of %s', (_case, signature) => {
    expect(isJsonSigned(KEY, signature, URL, BODY)).toBe(false);
  });
});
