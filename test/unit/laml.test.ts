import { describe, expect, it } from 'vitest';
import { conferenceResponse } from '../../src/signalwire/laml.js';
import { readLaml } from '../../src/simulator/read-laml.js';

describe('the LaML for a caller', () => {
  it('puts the caller into a recorded conference, and sets its callbacks', () => {
    const xml = conferenceResponse('recorded-sales', 'https://recorder.example.com/base');
    expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><Response><Dial><Conference /);
    expect(xml).toMatch(/>recorded-sales<\/Conference><\/Dial><\/Response>$/);
    for (const attribute of [
      'record="record-from-start"',
      'startConferenceOnEnter="true"',
      'statusCallback="https://recorder.example.com/base/callback"',
      'statusCallbackEvent="start end join leave"',
      'recordingStatusCallback="https://recorder.example.com/base/store_recording_sid"',
      'recordingStatusCallbackEvent="in-progress completed failed"',
      'trim="do-not-trim"',
    ]) {
      expect(xml).toContain(` ${attribute}`);
    }
  });

  it.each(['a & b', '<b>', '"quoted"', "it's", 'café 😀', ']]>'])('preserves the room name %s', (name) => {
    const xml = conferenceResponse(name, 'https://recorder.example.com');
    expect(readLaml('text/xml', xml).name).toBe(name);
  });
});
