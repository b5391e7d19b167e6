import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import type { Settings } from '../../src/settings/settings.js';
import { current } from '../../src/simulator/model/timeline.js';
import { drawTraits, type Traits } from '../../src/simulator/model/traits.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { linesFrom, recordingLines } from '../support/log.js';
import { liveConference, startPair } from '../support/service-beside-simulator.js';
import { addRecording, headCount, recordingStatus, setRecording } from '../support/space-state.js';
import {
  changeAnswers,
  countOf,
  givenTwoPeople,
  isPaused,
  isResumed,
  known,
  LISTS_ALONE,
  READ_CONFERENCES,
  READ_LIST,
  statusOf,
  WRITE,
} from '../support/two-people.js';

// The whole loop over real HTTP and SignalWire's own SDK. test/simulation tests lost, late and wrong callbacks and requests, and
// every kind of space.

describe('the recording', () => {
  it('runs while two people are in, pauses when one leaves, and resumes when somebody joins', async () => {
    const { pair, second } = await givenTwoPeople();
    expect(statusOf(pair)).toBe('in-progress');
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    const changes = () => recordingLines(pair.log).map(({ msg }) => msg);
    await eventually(() => expect(changes()).toEqual(['recording began', 'recording paused', 'recording resumed']));
    expect(pair.problems).toEqual([]);
    expect(linesFrom('warn', pair.log)).toEqual([]);
  });

  it.each(['skip', 'silence'] as const)(
    'is paused with PauseBehavior %s if the settings say so',
    async (pauseBehavior) => {
      const { pair, second } = await givenTwoPeople({ settings: { pauseBehavior } });
      pair.simulator.hangUp(second);
      await isPaused(pair);
      expect(liveConference(pair.simulator).recordings[0]?.pauseBehavior).toBe(pauseBehavior);
    },
  );

  it('needs as many people as MIN_PARTICIPANTS says', async () => {
    const { pair } = await givenTwoPeople({ settings: { minParticipants: 3 } });
    await isPaused(pair);
    const third = await pair.simulator.call();
    await isResumed(pair);
    pair.simulator.hangUp(third);
    await isPaused(pair);
  });

  it('can need 60 people, even if SignalWire lists only 25 per page', async () => {
    const settings: Partial<Settings> = { minParticipants: 60 };
    const { pair } = await givenTwoPeople({
      settings,
      durations: LISTS_ALONE,
      async before(simulator) {
        settings.spaceUrl = await serveInPagesOf(25, simulator);
      },
    });
    await Promise.all(Array.from({ length: 57 }, () => pair.simulator.call()));
    await isPaused(pair);
    const last = await pair.simulator.call();
    await isResumed(pair);
    await eventually(() => expect(pair.log).toContainEqual(expect.objectContaining({ msg: 'read', people: 60 })));
    expect(headCount(liveConference(pair.simulator))).toBe(60);
    pair.simulator.hangUp(last);
    await isPaused(pair);
  });

  it('is paused and resumed in a space that sends JSON with signatures in hex', async () => {
    const { pair, second } = await givenTwoPeople({
      before(simulator) {
        simulator.traits.parameters = 'json';
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    expect(pair.problems).toEqual([]);
    expect(linesFrom('warn', pair.log)).toEqual([]);
  });

  it('is found by its own SID if its callback does not name the conference and no list shows it', async () => {
    const { pair, second } = await givenTwoPeople({
      before(simulator) {
        Object.assign(simulator.traits, { recordingConferenceSid: false, recordingsListed: false });
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('is paused even if it was started after the known one was stopped', async () => {
    const { pair, second } = await givenTwoPeople();
    const conference = liveConference(pair.simulator);
    for (const stopped of conference.recordings) setRecording(pair.simulator, stopped, 'stopped');
    addRecording(pair.simulator, conference);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(conference.recordings.map(({ status }) => current(status))).toEqual(['paused', 'stopped']);
  });
});

describe('an invalid answer', () => {
  it.each(['{"participants":null}', '{"participants":[{}]}', '{}', '[]'])(
    'in place of the participants pauses nothing: %s',
    async (text) => {
      const { pair, second } = await givenTwoPeople({ durations: LISTS_ALONE });
      const odd = changeAnswers(pair, READ_LIST, () => text);
      pair.requests.length = 0;
      pair.simulator.hangUp(await pair.simulator.call());
      // The read is retried.
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(5));
      expect(statusOf(pair)).toBe('in-progress');
      expect(countOf(pair, WRITE)).toBe(0);
      odd.heal();
      pair.simulator.hangUp(second);
      await isPaused(pair);
    },
  );

  it("with a number as the name of somebody else's conference does not hide our conferences", async () => {
    const { pair, second } = await givenTwoPeople({
      settings: { resyncIntervalMs: 100 },
      durations: LISTS_ALONE,
      before(simulator) {
        simulator.onCallback = () => {};
        changeAnswers({ simulator }, READ_CONFERENCES, (text) =>
          text
            .replace('"conferences":[', '"conferences":[{"sid":"theirs","friendly_name":7},null,')
            .replace(',null,]', ']'),
        );
      },
    });
    expect(await known(pair)).toBe(1);
    pair.simulator.hangUp(second);
    await isPaused(pair);
  });
});

/** The traits that a seed draws, with lags that are as many times shorter as the durations of the service. */
function spaceOf(seed: number): Traits {
  const traits = drawTraits(seed);
  const { unknownMs, listLagMs, readLagMs, leftListedMs, resumedLateMs } = traits;
  const waits = { unknownMs, listLagMs, readLagMs, leftListedMs, resumedLateMs };
  return { ...traits, ...Object.fromEntries(Object.entries(waits).map(([name, ms]) => [name, ms / 50])) };
}

describe('a space that differs from the documented one', () => {
  const durations = { leaveReport: 40, joinReport: 300, settle: 4, retryFirst: 5, retryMax: 80 };

  // Together, these seeds have every value of every trait.
  it.each([1, 6, 21, 44, 78, 260])('gets its recordings paused and resumed: seed %i', async (seed) => {
    const pair = await startPair({
      durations,
      settings: { resyncIntervalMs: 100 },
      before: (simulator) => void Object.assign(simulator.traits, spaceOf(seed)),
    });
    const isRight = (people: number, state: 'runs' | 'is paused') =>
      eventually(() => {
        const conference = liveConference(pair.simulator);
        expect(headCount(conference)).toBe(people);
        expect(recordingStatus(conference) === 'paused' ? 'is paused' : 'runs').toBe(state);
      });
    await pair.simulator.call();
    const second = await pair.simulator.call();
    await isRight(2, 'runs');
    pair.simulator.hangUp(second);
    await isRight(1, 'is paused');
    const third = await pair.simulator.call();
    await isRight(2, 'runs');
    pair.simulator.hangUp(third);
    await isRight(1, 'is paused');
    expect(pair.problems).toEqual([]);
    expect(linesFrom('error', pair.log)).toEqual([]);
  });
});

/** Starts a proxy to the simulator that requests shorter pages than its client does. @returns its URL */
async function serveInPagesOf(items: number, simulator: Simulator): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const { authorization = '', 'content-type': contentType = '' } = request.headers;
    const shorter = url.replace('PageSize=1000', `PageSize=${items}`);
    const body = method === 'GET' ? null : (await request.toArray()).join('');
    const headers = { authorization, 'content-type': contentType };
    const answer = await fetch(simulator.url + shorter, { method, headers, body });
    response.writeHead(answer.status).end(await answer.text());
  });
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}
