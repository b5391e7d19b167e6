import { describe, expect, it } from 'vitest';
import { isCallOver } from '../../src/simulator/model/resources.js';
import type { ApiRequest, ApiResponse } from '../../src/simulator/rest-api/exchange.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { FIRST, hangUpWhenTold, rehearseIn, SECOND } from '../support/rehearsal.js';
import type { Pair } from '../support/service-beside-simulator.js';
import { requestApi } from '../support/simulated-space.js';

// Which calls a rehearsal ends: all of its own, and nobody else's.

const callsOf = ({ simulator }: Pair) => [...simulator.model.calls.values()];
const aliveIn = (pair: Pair) =>
  callsOf(pair)
    .filter((call) => !isCallOver(call))
    .map(({ sid }) => sid);

const isPlacing = ({ method, path }: ApiRequest) => method === 'POST' && path.endsWith('/Calls');

/** Handles the request that places the call to the second phone, once that is announced. */
const whenCallingSecond =
  (answer: (handle: () => ApiResponse) => ApiResponse) => (sentence: string, simulator: Simulator) => {
    if (!sentence.startsWith('Calling the second')) return;
    simulator.onRequest = (request, handle) => (isPlacing(request) ? answer(handle) : handle());
  };
const NO_ANSWER = { status: 503, body: '' };

describe('a rehearsal', () => {
  it('hangs up when it is cut short, also a call that is just being placed', async () => {
    const controller = new AbortController();
    const { pair, outcome } = await rehearseIn({
      signal: controller.signal,
      onSaid: whenCallingSecond((handle) => {
        controller.abort(new Error('cut short'));
        return handle();
      }),
    });
    expect(callsOf(pair).map(({ to }) => to)).toEqual([FIRST, SECOND]);
    expect(aliveIn(pair)).toEqual([]);
    expect(outcome).toMatchObject({ failure: 'cut short', stillAlive: { callSids: [], mayRing: [] } });
  });

  it('calls nobody else once it is cut short', async () => {
    const controller = new AbortController();
    const { pair } = await rehearseIn({
      signal: controller.signal,
      onSaid: (sentence) => sentence.startsWith('Calling the second') && controller.abort(new Error('cut short')),
    });
    expect(callsOf(pair).map(({ to }) => to)).toEqual([FIRST]);
    expect(aliveIn(pair)).toEqual([]);
  });

  it('hangs up a call that SignalWire has placed without saying so, and touches no other', async () => {
    const others: string[] = [];
    const { pair, outcome, said } = await rehearseIn({
      async onSaid(sentence, simulator, { service }) {
        whenCallingSecond((handle) => {
          handle();
          return NO_ANSWER;
        })(sentence, simulator);
        if (!sentence.startsWith('The first phone is in')) return;
        // Somebody else calls the same phone from the same number.
        const call = { To: SECOND, From: simulator.phoneNumber, Url: `${service.publicUrl}/inbound` };
        others.push((await requestApi(simulator, 'Calls', call)).body.sid);
      },
    });
    expect(callsOf(pair).map(({ to }) => to)).toEqual([FIRST, SECOND, SECOND]);
    expect(aliveIn(pair)).toEqual(others);
    expect(said).toContain('SignalWire had placed that call all the same. Hanging it up.');
    expect(outcome.stillAlive).toEqual({ callSids: [], mayRing: [] });
  });

  it('hangs up nobody who is called from the same number at the same moment', async () => {
    const others: string[] = [];
    const { pair, outcome } = await rehearseIn({
      waits: { hangUp: 300 },
      async onSaid(sentence, simulator, { service }) {
        if (!sentence.startsWith('Calling the second')) return;
        // SignalWire fails to place the rehearsal's call, and places that of somebody else.
        const other = { To: SECOND, From: simulator.phoneNumber, Url: `${service.publicUrl}/inbound` };
        simulator.onRequest = async (request, handle) => {
          if (!isPlacing(request) || others.length > 0) return handle();
          others.push('placing');
          others.splice(0, 1, (await requestApi(simulator, 'Calls', other)).body.sid);
          return NO_ANSWER;
        };
      },
    });
    expect(aliveIn(pair)).toEqual(others);
    expect(outcome.stillAlive).toEqual({ callSids: [], mayRing: [SECOND] });
  });

  it('hangs up nobody who was on the phone before, even if SignalWire did not list them then', async () => {
    const others: string[] = [];
    const { pair, outcome } = await rehearseIn({
      waits: { hangUp: 300 },
      async onSaid(sentence, simulator, { service }) {
        if (sentence.startsWith('The first phone is in')) {
          const other = { To: SECOND, From: simulator.phoneNumber, Url: `${service.publicUrl}/inbound` };
          others.push((await requestApi(simulator, 'Calls', other)).body.sid);
        }
        if (!sentence.startsWith('Calling the second')) return;
        let isListed = false;
        simulator.onRequest = (request, handle) => {
          if (isPlacing(request)) isListed = true;
          const isList = request.method === 'GET' && request.path.endsWith('/Calls');
          return isPlacing(request) || (isList && !isListed) ? NO_ANSWER : handle();
        };
      },
    });
    expect(aliveIn(pair)).toEqual(others);
    expect(outcome.stillAlive).toEqual({ callSids: [], mayRing: [SECOND] });
  });

  it('says which phone may ring if SignalWire does not say whether it called, and lists no such call', async () => {
    const { outcome } = await rehearseIn({
      waits: { hangUp: 100 },
      onSaid: whenCallingSecond(() => NO_ANSWER),
    });
    expect(outcome.stillAlive).toEqual({ callSids: [], mayRing: [SECOND] });
  });

  it('says which calls may still be alive if SignalWire refuses to end them', async () => {
    const controller = new AbortController();
    const { pair, outcome, said } = await rehearseIn({
      signal: controller.signal,
      waits: { hangUp: 100 },
      onSaid(sentence, simulator) {
        if (!sentence.startsWith('Both phones are in')) return;
        simulator.onRequest = ({ method, path }, handle) =>
          method === 'POST' && /Calls\/./.test(path) ? { status: 503, body: '' } : handle();
        controller.abort(new Error('cut short'));
      },
    });
    expect(outcome.stillAlive.callSids.toSorted()).toEqual([...pair.simulator.model.calls.keys()].toSorted());
    expect(said.slice(-2)).toEqual([
      'cut short',
      'SignalWire does not confirm that every call is over. Trying for 0.1 s.',
    ]);
  });

  it('touches no other call', async () => {
    const others: string[] = [];
    const { pair, said } = await rehearseIn({
      resumes: false,
      async onSaid(sentence, simulator) {
        hangUpWhenTold(sentence, simulator);
        if (others.length > 0) return;
        others.push('placing');
        others.splice(0, 1, (await simulator.call()).sid);
      },
    });
    const alive = [...pair.simulator.model.calls.values()].filter((call) => !isCallOver(call));
    expect(alive.map(({ sid }) => sid)).toEqual(others);
    expect(said.at(-1)).toMatch(/^Hanging up/);
  });
});
