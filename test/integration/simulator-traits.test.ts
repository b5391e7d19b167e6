import { describe, expect, it } from 'vitest';
import type { Call, Conference } from '../../src/simulator/model/resources.js';
import { DOCUMENTED, type Traits } from '../../src/simulator/model/traits.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { RECORDED, type Received, requestApi, startApplication, startSpace } from '../support/simulated-space.js';
import { isOver } from '../support/space-state.js';
import { stopTime } from '../support/stop-time.js';

const LAG_MS = 1000;

/** A space in which somebody waits. A trait is observed through the REST API, and in the callbacks that the application receives. */
interface Scene {
  simulator: Simulator;
  first: Call;
  conference: Conference;
  callbacks(): Received[];
  join(): Promise<Call>;
  /** Advances the space's clock, which stands still otherwise. */
  letPass(ms: number): void;
  /** Fetches a path below the conference. */
  get(path?: string): ReturnType<typeof requestApi>;
  /** Updates the conference's newest recording. */
  update(status: string): ReturnType<typeof requestApi>;
  /** Fetches the newest recording. Resolves with its status, or with the HTTP status of an error. */
  recording(): Promise<string | number>;
}

async function startScene(traits: Partial<Traits>): Promise<Scene> {
  const letPass = stopTime();
  const { simulator } = await startSpace({ traits });
  const { url, callbacks } = await startApplication(RECORDED);
  const join = () => simulator.call({ url });
  const first = await join();
  const [conference] = simulator.conferences();
  if (!conference) throw new Error('There is no conference.');
  const path = `Conferences/${conference.sid}`;
  const newest = () => `${path}/Recordings/${conference.recordings[0]?.sid}`;
  return {
    simulator,
    first,
    conference,
    callbacks,
    join,
    letPass,
    get: (below = '') => requestApi(simulator, path + below),
    update: (status) => requestApi(simulator, newest(), { Status: status }),
    async recording() {
      const { status, body } = await requestApi(simulator, newest());
      return status === 200 ? body.status : status;
    },
  };
}

const statusOf = async ({ get }: Scene) => {
  const { status, body } = await get();
  return status === 200 ? body.status : status;
};
const listed = async ({ get }: Scene, what: 'Participants' | 'Recordings') => {
  const { status, body } = await get(`/${what}`);
  return status === 200 ? body[what.toLowerCase()].map((one: { status?: string }) => one.status) : status;
};
const lastCallback = async ({ callbacks }: Scene, path: string) => {
  const received = () => callbacks().filter(({ url }) => url.endsWith(path));
  await eventually(() => expect(received()).not.toEqual([]));
  return received().at(-1)?.parameters ?? {};
};

/** How a trait's value is observed, and what is expected. */
type Case = [trait: Partial<Traits>, observe: (scene: Scene) => Promise<unknown>, expected: unknown];

const paused = async (scene: Scene) => {
  await scene.join();
  await scene.update('paused');
  return scene.recording();
};
const resumed = async (scene: Scene) => {
  await scene.join();
  await scene.update('paused');
  await scene.update('in-progress');
  const at = await scene.recording();
  scene.letPass(LAG_MS);
  return [at, await scene.recording()];
};
const redundant = async (scene: Scene) => {
  await scene.join();
  return (await scene.update('in-progress')).status;
};
const updated = async (scene: Scene) => {
  await scene.join();
  const { status, body } = await scene.update('paused');
  return [status, body === '' ? body : body.status];
};
const joinCallback = (name: string) => async (scene: Scene) => (await lastCallback(scene, '/status'))[name];
const recordingCallback = (name: string) => async (scene: Scene) => {
  await scene.join();
  return (await lastCallback(scene, '/recording'))[name];
};

const CASES: Case[] = [
  [{ alone: 'init' }, statusOf, 'init'],
  [{ alone: 'in-progress' }, statusOf, 'in-progress'],
  [{ alone: '404' }, statusOf, 404],
  [{ alone: '404' }, (scene) => listed(scene, 'Participants'), 404],
  [{ alone: '404' }, (scene) => scene.join().then(() => statusOf(scene)), 'in-progress'],
  [
    { unknownMs: LAG_MS },
    async (scene) => {
      const early = await statusOf(scene);
      scene.letPass(LAG_MS);
      return [early, await statusOf(scene)];
    },
    [404, 'init'],
  ],
  [{ begins: 'second' }, (scene) => listed(scene, 'Recordings'), []],
  [{ begins: 'first' }, (scene) => listed(scene, 'Recordings'), ['in-progress']],
  [{ endedReads: 'completed' }, (scene) => hangUp(scene).then(() => statusOf(scene)), 'completed'],
  [{ endedReads: '404' }, (scene) => hangUp(scene).then(() => statusOf(scene)), 404],
  [{ listLagMs: LAG_MS }, (scene) => afterJoin(scene, () => listed(scene, 'Participants').then(countOf)), [1, 2]],
  [{ listLagMs: 60_000 }, (scene) => statusOf(scene), 'init'],
  [{ readLagMs: LAG_MS }, (scene) => afterJoin(scene, () => statusOf(scene)), ['init', 'in-progress']],
  [{ readLagMs: 60_000 }, (scene) => listed(scene, 'Participants'), ['in-progress']],
  [{ participantStatus: 'connected' }, (scene) => listed(scene, 'Participants'), ['connected']],
  [{ participantStatus: 'none' }, (scene) => listed(scene, 'Participants'), [undefined]],
  [{ leftListedMs: 60_000 }, left, ['completed', 'in-progress']],
  [{ leftListedMs: 0 }, left, ['in-progress']],
  [{ pausedReads: 'paused' }, paused, 'paused'],
  [{ pausedReads: 'in-progress' }, paused, 'in-progress'],
  [{ pausedReads: 'stopped' }, paused, 'stopped'],
  [{ pausedReads: 'completed' }, paused, 'completed'],
  [{ resumedReads: 'resumed' }, resumed, ['resumed', 'resumed']],
  [{ resumedReads: 'in-progress' }, resumed, ['in-progress', 'in-progress']],
  [{ resumedReads: 'paused' }, resumed, ['paused', 'paused']],
  [{ resumedReads: 'paused', resumedLateMs: LAG_MS }, resumed, ['paused', 'resumed']],
  [{ redundantUpdate: '200' }, redundant, 200],
  [{ redundantUpdate: '422' }, redundant, 422],
  [{ updateAnswer: '200' }, updated, [200, 'paused']],
  [{ updateAnswer: '202' }, updated, [202, 'paused']],
  [{ updateAnswer: '204' }, updated, [204, '']],
  [{ recordingsListed: true }, (scene) => scene.join().then(() => listed(scene, 'Recordings')), ['in-progress']],
  [{ recordingsListed: false }, (scene) => scene.join().then(() => listed(scene, 'Recordings')), []],
  [{ recordingsFetchable: true }, (scene) => scene.join().then(() => scene.recording()), 'in-progress'],
  [{ recordingsFetchable: false }, (scene) => scene.join().then(() => scene.recording()), 404],
  [{ initFilter: 'accepted' }, ({ simulator }) => statusFor(simulator, 'Conferences?Status=init'), 200],
  [{ initFilter: 'refused' }, ({ simulator }) => statusFor(simulator, 'Conferences?Status=init'), 422],
  [{ initFilter: 'refused' }, ({ simulator }) => statusFor(simulator, 'Conferences?Status=in-progress'), 200],
  [{ timestamp: 'rfc2822' }, joinCallback('Timestamp'), expect.stringMatching(/^\w{3}, .* \+0000$/)],
  [{ timestamp: 'iso' }, joinCallback('Timestamp'), expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)],
  [{ timestamp: 'local' }, joinCallback('Timestamp'), expect.stringMatching(/^\w{3}, .*:\d\d$/)],
  [{ timestamp: 'absent' }, joinCallback('Timestamp'), undefined],
  [{ friendlyName: true }, joinCallback('FriendlyName'), 'room'],
  [{ friendlyName: false }, joinCallback('FriendlyName'), undefined],
  [{ callSid: true }, joinCallback('CallSid'), expect.stringMatching(/^[\da-f-]{36}$/)],
  [{ callSid: false }, joinCallback('CallSid'), undefined],
  [{ callSid: false }, recordingCallback('CallSid'), ''],
  [{ recordingConferenceSid: true }, recordingCallback('ConferenceSid'), expect.stringMatching(/^[\da-f-]{36}$/)],
  [{ recordingConferenceSid: false }, recordingCallback('ConferenceSid'), undefined],
  [{ eventNames: 'documented' }, joinCallback('StatusCallbackEvent'), 'participant-join'],
  [{ eventNames: 'short' }, joinCallback('StatusCallbackEvent'), 'join'],
  [{ eventNames: 'underscored' }, joinCallback('StatusCallbackEvent'), 'participant_join'],
  [{ sids: 'uuid' }, joinCallback('ConferenceSid'), expect.stringMatching(/^[\da-f-]{36}$/)],
  [{ sids: 'capitals' }, joinCallback('ConferenceSid'), expect.stringMatching(/^[\dA-F-]{36}$/)],
  [{ sids: 'prefixed' }, joinCallback('ConferenceSid'), expect.stringMatching(/^SW-[\da-f-]{36}$/)],
  [{ sids: 'capitals' }, fetchedByCallback, [200, 200, 200]],
  [{ sids: 'prefixed' }, fetchedByCallback, [200, 200, 200]],
  [{ sids: 'prefixed' }, async ({ get }) => (await get()).body.sid, expect.stringMatching(/^SW-/)],
  [{ parameters: 'form' }, contentType, 'application/x-www-form-urlencoded'],
  [{ parameters: 'json' }, contentType, 'application/json'],
  [{ voiceUrlSetsHandler: true }, handlerOncePointed, 'laml_webhooks'],
  [{ voiceUrlSetsHandler: false }, handlerOncePointed, null],
];

async function hangUp({ simulator, first }: Scene): Promise<void> {
  simulator.hangUp(first);
}

/** Lets somebody join, and observes the space right after that and after the lag. */
async function afterJoin<Seen>(scene: Scene, observe: () => Promise<Seen>): Promise<Seen[]> {
  scene.letPass(LAG_MS);
  await scene.join();
  const before = await observe();
  scene.letPass(LAG_MS);
  return [before, await observe()];
}

async function left(scene: Scene): Promise<unknown> {
  scene.simulator.hangUp(await scene.join());
  return listed(scene, 'Participants');
}

function countOf(items: unknown): number {
  return Array.isArray(items) ? items.length : 0;
}

async function statusFor(simulator: Simulator, path: string): Promise<number> {
  return (await requestApi(simulator, path)).status;
}

/** Fetches resources by the SIDs in callbacks. Resolves with the HTTP statuses. */
async function fetchedByCallback(scene: Scene): Promise<number[]> {
  await scene.join();
  const { ConferenceSid, CallSid } = await lastCallback(scene, '/status');
  const { RecordingSid } = await lastCallback(scene, '/recording');
  const paths = [`Conferences/${ConferenceSid}/Participants/${CallSid}`, `Calls/${CallSid}`];
  return Promise.all(
    [...paths, `Conferences/${ConferenceSid}/Recordings/${RecordingSid}`].map((path) =>
      statusFor(scene.simulator, path),
    ),
  );
}

async function contentType({ callbacks }: Scene): Promise<string | undefined> {
  await eventually(() => expect(callbacks()).not.toEqual([]));
  return callbacks()[0]?.contentType;
}

/** Sets the VoiceUrl of a number that nothing handles. Resolves with its handler. */
async function handlerOncePointed({ simulator }: Scene): Promise<unknown> {
  const { sid } = simulator.addNumber('+15550177777');
  await requestApi(simulator, `IncomingPhoneNumbers/${sid}`, { VoiceUrl: 'https://example.com/' });
  return (await requestApi(simulator, `/api/relay/rest/phone_numbers/${sid}`)).body.call_handler;
}

describe('a space', () => {
  it.each(CASES)('behaves as the trait says: %j', async (traits, observe, expected) => {
    expect(await observe(await startScene(traits))).toEqual(expected);
  });

  it('is tested here with every trait', () => {
    expect(new Set(CASES.flatMap(([traits]) => Object.keys(traits)))).toEqual(new Set(Object.keys(DOCUMENTED)));
  });

  it('can change its traits at any time', async () => {
    const { simulator, get } = await startScene({});
    simulator.traits.alone = 'in-progress';
    expect((await get()).body.status).toBe('in-progress');
  });

  it('that rejects redundant updates rejects ending a conference twice', async () => {
    const { simulator, conference } = await startScene({ redundantUpdate: '422' });
    const end = () => requestApi(simulator, `Conferences/${conference.sid}`, { Status: 'completed' });
    expect((await end()).status).toBe(200);
    expect(isOver(conference)).toBe(true);
    expect((await end()).status).toBe(422);
  });

  it("can have a clock that differs from the machine's", async () => {
    stopTime();
    const now = performance.timeOrigin + performance.now() + 3_600_000;
    const { simulator } = await startSpace({ clockAheadMs: 3_600_000 });
    const { url, callbacks } = await startApplication(RECORDED);
    await simulator.call({ url });
    await eventually(() => expect(callbacks()).toHaveLength(1));
    const { headers } = await fetch(`${simulator.url}/2010-04-01/Accounts/${simulator.projectId}`);
    for (const date of [headers.get('date'), callbacks()[0]?.parameters.Timestamp]) {
      expect(Date.parse(date ?? '')).toBe(1000 * Math.floor(now / 1000));
    }
  });
});
