import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import type { Settings } from '../../src/settings/settings.js';
import { current } from '../../src/simulator/model/timeline.js';
import { drawTraits, type Traits } from '../../src/simulator/model/traits.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { recordingLines } from '../support/log.js';
import { eventually, liveConference, startPair } from '../support/service-beside-simulator.js';
import { addRecording, headCount, recordingStatus, setRecording } from '../support/space-state.js';
import {
  changeAnswers,
  countOf,
  isPaused,
  isResumed,
  known,
  LISTS_ALONE,
  READ_CONFERENCES,
  READ_LIST,
  statusOf,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

// The whole loop over real HTTP and SignalWire's own SDK. What comes of callbacks and requests that are lost, late or wrong,
// and of spaces of every kind, is held by test/simulation.

describe('the recording', () => {
  it('runs while two are in, pauses when one leaves, and resumes when somebody comes', async () => {
    const { pair, second } = await twoPeople();
    expect(statusOf(pair)).toBe('in-progress');
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    const changes = () => recordingLines(pair.log).map(({ msg }) => msg);
    await eventually(() => expect(changes()).toEqual(['recording began', 'recording paused', 'recording resumed']));
    expect(pair.problems).toEqual([]);
    expect(pair.log.filter(({ level }) => level > 30)).toEqual([]);
  });

  it.each(['skip', 'silence'] as const)(
    'is paused with PauseBehavior %s where the settings say so',
    async (pauseBehavior) => {
      const { pair, second } = await twoPeople({ settings: { pauseBehavior } });
      pair.simulator.hangUp(second);
      await isPaused(pair);
      expect(liveConference(pair.simulator).recordings[0]?.pauseBehavior).toBe(pauseBehavior);
    },
  );

  it('runs with as many people as MIN_PARTICIPANTS says', async () => {
    const { pair } = await twoPeople({ settings: { minParticipants: 3 } });
    await isPaused(pair);
    const third = await pair.simulator.call();
    await isResumed(pair);
    pair.simulator.hangUp(third);
    await isPaused(pair);
  });

  it('runs with 60 people, whom lists show in pages of 25, where that many are needed', async () => {
    const settings: Partial<Settings> = { minParticipants: 60 };
    const { pair } = await twoPeople({
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

  it('is kept right in a space that sends JSON, signed in hex', async () => {
    const { pair, second } = await twoPeople({
      before(simulator) {
        simulator.traits.parameters = 'json';
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    expect(pair.problems).toEqual([]);
    expect(pair.log.filter(({ level }) => level > 30)).toEqual([]);
  });

  it('is found by its own SID where its callback does not name the conference, and no list shows it', async () => {
    const { pair, second } = await twoPeople({
      before(simulator) {
        Object.assign(simulator.traits, { recordingConferenceSid: false, recordingsListed: false });
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('is paused that runs, where the one that was known was stopped and another one started', async () => {
    const { pair, second } = await twoPeople();
    const conference = liveConference(pair.simulator);
    for (const stopped of conference.recordings) setRecording(pair.simulator, stopped, 'stopped');
    addRecording(pair.simulator, conference);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(conference.recordings.map(({ status }) => current(status))).toEqual(['paused', 'stopped']);
  });
});

describe('an answer that makes no sense', () => {
  it.each(['{"participants":null}', '{"participants":[{}]}', '{}', '[]'])(
    'pauses nobody where it is %s in place of who is in',
    async (text) => {
      const { pair, second } = await twoPeople({ durations: LISTS_ALONE });
      const odd = changeAnswers(pair, READ_LIST, () => text);
      pair.requests.length = 0;
      pair.simulator.hangUp(await pair.simulator.call());
      // It is tried again and again.
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(5));
      expect(statusOf(pair)).toBe('in-progress');
      expect(countOf(pair, WRITE)).toBe(0);
      odd.heal();
      pair.simulator.hangUp(second);
      await isPaused(pair);
    },
  );

  it("ends nothing where somebody else's conference has a number for a name", async () => {
    const { pair, second } = await twoPeople({
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

/** What SignalWire's documents leave open, and a wait of the simulator's as many times shorter as those of the service. */
function spaceOf(seed: number): Traits {
  const traits = drawTraits(seed);
  const { unknownMs, listLagMs, readLagMs, leftListedMs, resumedLateMs } = traits;
  const waits = { unknownMs, listLagMs, readLagMs, leftListedMs, resumedLateMs };
  return { ...traits, ...Object.fromEntries(Object.entries(waits).map(([name, ms]) => [name, ms / 50])) };
}

describe('a space that differs from the documented one', () => {
  const durations = { leaveReport: 40, joinReport: 300, settle: 4, retryFirst: 5, retryMax: 80 };

  // Among them is every value that a trait can have.
  it.each([1, 6, 21, 44, 78, 260])('has its recordings kept right: seed %i', async (seed) => {
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
    expect(pair.log.filter(({ level }) => level > 40)).toEqual([]);
  });
});

/** A way to a space whose lists come in shorter pages than they are asked for. */
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
