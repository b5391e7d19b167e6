import { expect, it } from 'vitest';
import { startChat } from '../support/chat.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { FAST, fail, givenOnePerson, isResumed, READ_LIST, WRITE } from '../support/two-people.js';

const durations = { ...FAST, tolerated: 200 };

it('ALERT_URL is told when a recording has been wrong for a while, and when all is right again', async () => {
  const chat = await startChat();
  const { pair } = await givenOnePerson({ settings: { alertUrl: chat.url }, durations });
  const refusal = fail(pair, 422, WRITE);
  await pair.simulator.call();
  await eventually(() => expect(chat.received).toHaveLength(1));
  const [bad] = chat.received;
  expect(bad).toEqual({ text: expect.stringMatching(/is paused, although 2 people are in.*422.*\(Since 20..-/) });
  expect(bad).toEqual({ text: expect.stringContaining(`Conference recorder at ${pair.service.publicUrl}: `) });

  refusal.heal();
  await isResumed(pair);
  await eventually(() => expect(chat.received).toHaveLength(2));
  expect(chat.received[1]).toEqual({ text: expect.stringContaining('Nothing is wrong any more.') });
});

it('ALERT_URL is told of an outage once, however many requests fail', async () => {
  const chat = await startChat();
  const { pair, first } = await givenOnePerson({ settings: { alertUrl: chat.url }, durations });
  const outage = fail(pair, 503, READ_LIST, WRITE);
  await pair.simulator.call();
  await eventually(() => expect(chat.received).toHaveLength(1));
  pair.simulator.hangUp(first);
  outage.heal();
  await eventually(() => expect(chat.received).toHaveLength(2));
  expect(chat.received[1]).toEqual({ text: expect.stringContaining('any more') });
});

it('an alert that is redirected has not been delivered', async () => {
  const chat = await startChat();
  chat.statuses.push(302);
  const { pair } = await givenOnePerson({ settings: { alertUrl: chat.url }, durations });
  fail(pair, 422, WRITE);
  await pair.simulator.call();
  await eventually(() => expect(chat.received).toHaveLength(2));
  expect(pair.log).toContainEqual(expect.objectContaining({ level: 'warn', reason: 'it answered 302' }));
});

it('an alert that could not be delivered is sent again, and its URL, which is a secret, is not logged', async () => {
  const chat = await startChat();
  chat.statuses.push(500, 404);
  const { pair } = await givenOnePerson({ settings: { alertUrl: chat.url }, durations });
  fail(pair, 422, WRITE);
  await pair.simulator.call();
  await eventually(() => expect(chat.received).toHaveLength(3));
  expect(pair.log.filter(({ msg }) => msg.startsWith('ALERT_URL'))).toMatchObject([
    { level: 'warn', reason: 'it answered 500' },
  ]);
  expect(JSON.stringify(pair.log)).not.toContain('SECRET');
});

it('an ALERT_URL where nobody listens keeps nothing from being recorded, nor the service from stopping', async () => {
  const { pair } = await givenOnePerson({
    settings: { alertUrl: `http://127.0.0.1:${await freePort()}/SECRET` },
    durations,
  });
  const refusal = fail(pair, 422, WRITE);
  await pair.simulator.call();
  await eventually(() => expect(pair.log.some(({ msg }) => msg.startsWith('ALERT_URL'))).toBe(true));
  refusal.heal();
  await isResumed(pair);
  await pair.service.close();
  expect(JSON.stringify(pair.log)).not.toContain('SECRET');
});
