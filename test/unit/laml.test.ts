import { describe, expect, it } from 'vitest';
import { type Announcement, conferenceResponse } from '../../src/signalwire/laml.js';
import { readLaml } from '../../src/simulator/read-laml.js';

const PLAIN = { announcement: undefined, countHeld: true };

describe('the LaML for a caller', () => {
  it('puts the caller into a recorded conference, and sets its callbacks', () => {
    const xml = conferenceResponse('recorded-sales', 'https://recorder.example.com/base', PLAIN);
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

  it('asks for callbacks about hold if people on hold do not count', () => {
    const xml = conferenceResponse('a', 'https://b', { ...PLAIN, countHeld: false });
    expect(xml).toContain(' statusCallbackEvent="start end join leave hold"');
  });

  it('speaks or plays an announcement before the conference', () => {
    const read = (announcement: Announcement) =>
      readLaml(
        'text/xml',
        conferenceResponse('recorded-sales', 'https://recorder.example.com', { ...PLAIN, announcement }),
      );
    const sentence = 'This <call> is "recorded" & kept. 😀';
    expect(read({ say: sentence, language: undefined })).toMatchObject({
      announcements: [sentence],
      conference: { name: 'recorded-sales' },
    });
    const url = 'https://example.com/recorded.mp3?a=1&b=2';
    expect(read({ play: url })).toMatchObject({ announcements: [url], conference: { name: 'recorded-sales' } });
    const xml = conferenceResponse('a', 'https://b', { ...PLAIN, announcement: { say: 'Hallo', language: 'de-DE' } });
    expect(xml).toContain('<Response><Say language="de-DE">Hallo</Say><Dial>');
    expect(conferenceResponse('a', 'https://b', { ...PLAIN, announcement: { play: url } })).toContain(
      '<Response><Play>https://example.com/',
    );
  });

  it.each(['a & b', '<b>', '"quoted"', "it's", 'café 😀', ']]>'])('preserves the room name %s', (name) => {
    const xml = conferenceResponse(name, 'https://recorder.example.com', PLAIN);
    expect(readLaml('text/xml', xml).conference.name).toBe(name);
  });
});
