import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isCallOver } from '../../src/simulator/model/resources.js';
import { eventually } from '../support/eventually.js';
import { FIRST, hangUpWhenTold, rehearseIn, SECOND } from '../support/rehearsal.js';
import type { Pair } from '../support/service-beside-simulator.js';
import { feedOf, PASSWORD } from '../support/status.js';

const callsOf = ({ simulator }: Pair) => [...simulator.model.calls.values()];
const aliveIn = (pair: Pair) =>
  callsOf(pair)
    .filter((call) => !isCallOver(call))
    .map(({ sid }) => sid);

describe('a rehearsal', () => {
  it('says what the service makes of it: ok, or not and why', async () => {
    const { outcome } = await rehearseIn({ traits: { timestamp: 'local' }, resumes: false });
    const of = (id: string) => outcome.report?.findings.find((one) => one.id === id);
    expect(of('timestamp')).toMatchObject({
      verdict: 'not ok',
      note: 'So joins and leaves are only hints, and each resume waits for a read.',
    });
    expect(of('pausedReads')).toMatchObject({ verdict: 'ok', note: null });
    expect(of('resumeLatency')).toMatchObject({ verdict: 'unknown', value: null });
  });

  it('names no number, SID, host or secret', async () => {
    const { pair, outcome, said } = await rehearseIn({ resumes: false });
    const { simulator, service } = pair;
    const text = JSON.stringify(outcome) + said.join('\n');
    const [conference] = simulator.conferences();
    const secrets = [
      ...[FIRST, SECOND, simulator.phoneNumber, PASSWORD],
      ...[simulator.projectId, simulator.apiToken, simulator.signingKey],
      ...[new URL(simulator.url).host, new URL(service.publicUrl).host],
      ...[conference?.sid, conference?.recordings[0]?.sid, conference?.name],
      ...simulator.model.calls.keys(),
    ];
    expect(secrets.length).toBeGreaterThan(12);
    expect(secrets.filter((secret) => secret === undefined || text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/[\da-f]{8}-[\da-f]{4}-|\+\d{7}/);
  });

  it('hangs up the second phone itself if nobody does', async () => {
    const { outcome, said } = await rehearseIn({ resumes: false, waits: { person: 300 }, onSaid: () => {} });
    expect(said).toContain('Hanging up the second phone.');
    expect(outcome.report).toMatchObject({ hungUpBy: 'the program', calls: 2, failure: null });
  });

  it.each([
    ['first', FIRST, /^The first phone is in/],
    ['first', FIRST, /^Both phones are in\./],
    ['first', FIRST, /^The second phone has left\./],
    ['second', SECOND, /^Both phones are in\./],
  ])('fails if the %s phone (%s) hangs up too early: at "%s"', async (phone, number, moment) => {
    const { outcome } = await rehearseIn({
      traits: { leftListedMs: 5000 },
      onSaid(sentence, simulator) {
        hangUpWhenTold(sentence, simulator);
        if (!moment.test(sentence)) return;
        for (const call of simulator.model.calls.values()) if (call.to === number) simulator.hangUp(call);
      },
    });
    expect(outcome.failure).toBe(`The ${phone} phone hung up too early, so the rehearsal can't go on.`);
    // What it leaves behind isn't taken for what somebody who is in looks like.
    const { findings = [] } = outcome.report ?? {};
    // Null: it had not been read yet.
    expect(['init', null]).toContain(findings.find(({ id }) => id === 'alone')?.value);
    expect(findings.filter(({ verdict }) => verdict === 'not ok')).toEqual([]);
    expect(outcome.stillAlive.callSids).toEqual([]);
  });

  it('waits for as long as an announcement takes, once a phone is answered', async () => {
    const { outcome } = await rehearseIn({
      announcementMs: 3000,
      settings: { announcement: { say: 'This call is recorded.', language: undefined } },
      waits: { join: 1500 },
      resumes: false,
    });
    expect(outcome.failure).toBeUndefined();
  });

  it('fails if a phone is answered, and does not join', async () => {
    const { outcome } = await rehearseIn({
      announcementMs: 3000,
      settings: { announcement: { say: 'This call is recorded.', language: undefined } },
      waits: { join: 1500, announcement: 1000 },
    });
    expect(outcome.failure).toBe('The first phone: it was answered, but is not in the conference after another 1 s.');
  });

  it.each([
    ['busy', /^The second phone: The line is busy\.$/],
    ['no-answer', /^The second phone: nobody joined within 0\.5 s\.$/],
  ] as const)(
    'hangs up the first phone, and reports what it knows, if the second one is: %s',
    async (status, sentence) => {
      const { pair, outcome } = await rehearseIn({
        before: ({ unanswered }) => unanswered.set(SECOND, status),
        waits: status === 'busy' ? {} : { join: 500 },
      });
      expect(outcome.failure).toMatch(sentence);
      expect(outcome.report?.findings.find(({ id }) => id === 'alone')).toMatchObject({ value: 'init' });
      expect([...pair.simulator.model.calls.values()].filter((call) => !isCallOver(call))).toEqual([]);
      expect(outcome.stillAlive.callSids).toEqual([]);
    },
  );

  it.each([
    [
      'the service stops',
      'Both phones',
      ({ service }: Pair) => service.close(),
      'The service has not answered for 1 s.',
    ],
    [
      'the service stops before somebody is called again',
      'The second phone has left',
      ({ service }: Pair) => service.close(),
      'The service has not answered for 1 s.',
    ],
    [
      'the service is restarted',
      'Both phones',
      (pair: Pair) => pair.restart({ port: pair.service.port }),
      'The service was restarted meanwhile, so what it had seen is lost.',
    ],
    [
      'SignalWire fails',
      'Both phones',
      ({ simulator }: Pair) => {
        simulator.onRequest = ({ method }, handle) => (method === 'GET' ? { status: 503, body: '' } : handle());
      },
      'SignalWire has not answered for 1 s.',
    ],
  ])('calls nobody else, and blames nobody else, if %s', async (_, moment, breakIt, failure) => {
    // A restart takes more than a second on a busy machine.
    const silence = /restarted/.test(failure) ? 15_000 : 1000;
    const { pair, outcome } = await rehearseIn({
      hangsUp: true,
      waits: { silence },
      onSaid: (sentence, _simulator, running) => sentence.startsWith(moment) && breakIt(running),
    });
    expect(outcome.failure).toBe(failure);
    expect(callsOf(pair)).toHaveLength(2);
    expect(aliveIn(pair)).toEqual([]);
    expect(outcome.report?.findings.filter(({ verdict }) => verdict === 'not ok')).toEqual([]);
  });

  it('claims nothing of a pause that it did not wait for, and does not take one phone for the other', async () => {
    const { outcome, said } = await rehearseIn({
      onSaid(sentence, simulator) {
        if (!sentence.startsWith('Hang up the second phone now')) return;
        simulator.onCallback = (callback, send) =>
          /leave/.test(callback.parameters.StatusCallbackEvent ?? '') && send();
        for (const call of simulator.model.calls.values()) if (call.to === FIRST) simulator.hangUp(call);
      },
    });
    expect(outcome.failure).toMatch(/^The first phone hung up/);
    expect(said).not.toContainEqual(expect.stringMatching(/^The second phone has left/));
    expect(outcome.report?.findings.filter(({ verdict }) => verdict === 'not ok')).toEqual([]);
  });

  it('takes nothing for a finding that follows from its own hanging up', async () => {
    const controller = new AbortController();
    const { outcome } = await rehearseIn({
      signal: controller.signal,
      traits: { leftListedMs: 60_000 },
      // The calls are over long before the program learns it.
      before(simulator) {
        simulator.onRequest = ({ method, path }, handle) => {
          const answer = handle();
          return method === 'POST' && /Calls\/./.test(path) ? delay(300, answer) : answer;
        };
      },
      onSaid: (sentence) => sentence.startsWith('Both phones') && controller.abort(new Error('cut short')),
    });
    const { findings = [] } = outcome.report ?? {};
    expect(findings.find(({ id }) => id === 'participantStatus')).toMatchObject({ value: 'in-progress' });
    expect(findings.filter(({ verdict }) => verdict === 'not ok')).toEqual([]);
  });

  it('says beforehand that other callbacks may be reported, if there are other conferences', async () => {
    const { pair, said } = await rehearseIn({
      before: ({ unanswered }) => unanswered.set(FIRST, 'busy'),
      async afterStart(running) {
        await running.simulator.call({ url: `${running.service.publicUrl}/inbound?room=others` });
        await eventually(async () => expect((await feedOf(running)).live).toHaveLength(1));
      },
    });
    expect(said[0]).toMatch(/^Other conferences are in progress/);
    expect(aliveIn(pair)).toHaveLength(1);
  });

  it("fails at once if the service refuses SignalWire's request for the call", async () => {
    const { outcome } = await rehearseIn({ settings: { signingKeys: ['PSK_wrong'] } });
    expect(outcome.failure).toMatch(/^The service refused SignalWire's request .* The signature does not match/);
    expect(outcome.report?.findings.find(({ id }) => id === 'signature')).toMatchObject({ verdict: 'not ok' });
  });

  it('calls nobody if the service has another password', async () => {
    const { pair, outcome } = await rehearseIn({ settings: { statusPassword: 'another one' } });
    expect(outcome.failure).toMatch(/STATUS_PASSWORD differs .* Nobody was called\.$/);
    expect(outcome.report).toBeUndefined();
    expect(pair.simulator.model.calls.size).toBe(0);
  });
});
