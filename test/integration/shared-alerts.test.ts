import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createAlerts } from '../../src/monitoring/alerts.js';
import type { Problem } from '../../src/recorder-events.js';
import { startChat } from '../support/chat.js';
import { eventually } from '../support/eventually.js';
import { keepLog } from '../support/log.js';

// What ALERT_URL is told if several copies of the service share the conferences.

const wrong = (room: string): Problem => ({
  kind: 'recording',
  conferenceSid: room,
  name: `recorded-${room}`,
  since: Date.now(),
  sentence: `recorded-${room} is wrong.`,
});

/** The alerts of one copy, and the problems of all. */
async function givenAlerts() {
  const chat = await startChat();
  const current: Problem[] = [];
  const problems = {
    get isEmpty() {
      return current.length === 0;
    },
    current: () => current,
  };
  const alerts = createAlerts({ url: chat.url, problems, log: keepLog().log, publicUrl: () => undefined });
  onTestFinished(alerts.close);
  const begin = (room: string, isOurs: boolean) => {
    current.push(wrong(room));
    alerts[isOurs ? 'listener' : 'othersListener']({ type: 'problem-began', problem: wrong(room) });
  };
  const end = (room: string, isOurs: boolean) => {
    current.splice(
      current.findIndex(({ conferenceSid }) => conferenceSid === room),
      1,
    );
    const ended = { type: 'problem-ended', problem: wrong(room), seconds: 5, isConferenceOver: false } as const;
    alerts[isOurs ? 'listener' : 'othersListener'](ended);
  };
  return { chat, begin, end };
}

it('a copy that has sent an alert says when all is right again, whichever copy ends the last problem, and alerts again', async () => {
  const { chat, begin, end } = await givenAlerts();
  begin('sales', true);
  begin('support', false);
  await eventually(() =>
    expect(chat.received).toEqual([{ text: expect.stringContaining('recorded-sales is wrong.') }]),
  );
  // Usually the chat has answered by then; if it hasn't, the same must hold.
  await delay(300);
  end('sales', true);
  end('support', false);
  await eventually(() => expect(chat.received).toHaveLength(2));
  expect(chat.received[1]).toEqual({
    text: 'Conference recorder: recorded-support is as it should be, after 5 s. Nothing is wrong any more.',
  });
  begin('planning', true);
  await eventually(() => expect(chat.received).toHaveLength(3));
});

it('a copy says nothing of what another copy alerts of', async () => {
  const { chat, begin, end } = await givenAlerts();
  begin('support', false);
  begin('sales', false);
  end('support', false);
  end('sales', false);
  begin('planning', true);
  await eventually(() =>
    expect(chat.received).toEqual([{ text: expect.stringContaining('recorded-planning is wrong.') }]),
  );
});
