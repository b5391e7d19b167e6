import { describe, expect, it } from 'vitest';
import { findLookalikes } from '../../src/settings/lookalikes.js';

describe('the lookalikes of settings', () => {
  it.each([
    ['MIN_PARTICIPANT', 'MIN_PARTICIPANTS'],
    ['PAUSE_BEHAVIOUR', 'PAUSE_BEHAVIOR'],
    ['NGROK_AUTH_TOKEN', 'NGROK_AUTHTOKEN'],
    ['CONFRENCE_NAME', 'CONFERENCE_NAME'],
    ['SWEEP_INTERVAL', 'SWEEP_INTERVAL_SECONDS'],
    ['SWEEP_INTERVAL_MS', 'SWEEP_INTERVAL_SECONDS'],
    ['STATUS_PASSWORD_FILE', 'STATUS_PASSWORD'],
    ['log_level', 'LOG_LEVEL'],
    ['SIGNALWIRE_TOKEN', 'SIGNALWIRE_API_TOKEN'],
    ['ANNOUNCMENT', 'ANNOUNCEMENT'],
    ['ANNOUNCEMENT_TEXT', 'ANNOUNCEMENT'],
    ['COUNT_HOLD', 'COUNT_HELD'],
  ])('include %s', (name, meant) => {
    expect(findLookalikes({ [name]: 'a value' })).toEqual([
      `${name} is not a setting of this service: did you mean ${meant}?`,
    ]);
  });

  it.each([
    'HOSTNAME',
    'HOME',
    'PORTS',
    'PUBLIC_KEY',
    'SIGNALWIRE_SECRET',
    'SIGNALWIRE',
    'NODE_ENV',
    '_',
    'STATUS',
    'C_H',
    'npm_config_loglevel',
    'CONFERENCE_RECORDER_SERVICE_HOST',
    'CONFERENCE_RECORDER_PORT_3000_TCP',
  ])('do not include %s', (name) => {
    expect(findLookalikes({ [name]: 'a value' })).toEqual([]);
  });

  it('do not include a variable beside the setting that it resembles, an empty one, or a setting', () => {
    const env = { SIGNALWIRE_SPACE_URL: 'example.signalwire.com', SIGNALWIRE_SPACE: 'example', MIN_PARTICIPANT: ' ' };
    expect(findLookalikes({ ...env, PORT: '3000', CONFERENCE_NAME: 'sales' })).toEqual([]);
  });

  it('include a shortened one beside the other setting that it begins with', () => {
    const env = { ANNOUNCEMENT: 'This call is recorded.', ANNOUNCEMENT_LANG: 'en-GB' };
    expect(findLookalikes(env)).toEqual([expect.stringContaining('did you mean ANNOUNCEMENT_LANGUAGE?')]);
  });

  it('include one whose setting is present but empty', () => {
    expect(findLookalikes({ MIN_PARTICIPANTS: '', MIN_PARTICIPANT: '3' })).toHaveLength(1);
  });
});
