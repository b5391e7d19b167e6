import {
  activeParticipants,
  type Conference,
  isCallOver,
  type Recording,
} from '../../src/simulator/model/resources.js';
import { type Change, createSpaceModel, type SpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import { createViews } from '../../src/simulator/model/views.js';
import { CONFERENCE_PREFIX, type DirectAccess, type StartCopy, shortenSid } from './copy.js';
import { createDelivery } from './delivery.js';
import type { Dimensions } from './dimensions.js';
import type { Facts } from './exceptions.js';
import { type Fleet, startFleet } from './fleet.js';
import { createMemoryRedis, type MemoryRedis } from './memory-redis.js';
import { lamlFor, letterOf, type Person } from './people.js';
import { createStreams, type Streams } from './streams.js';
import { type TimeLimits, timeLimits } from './time-limits.js';
import { installVirtualClock, type VirtualClock } from './virtual-clock.js';
import type { WorldFaults } from './world-faults.js';

/** What was counted in a world so far. */
export interface WorldCounts {
  /** Joins and leaves. */
  events: number;
  /** Events that bring the number of people in a conference across the threshold. */
  crossings: number;
  reads: number;
  writes: number;
}

/** A space, the copies of the service that use it, and the people who call them, under a virtual clock. */
export interface World {
  dimensions: Dimensions;
  limits: TimeLimits;
  clock: VirtualClock;
  stream: Streams;
  model: SpaceModel;
  fleet: Fleet;
  /** Undefined if the copies don't share one. */
  redis: MemoryRedis | undefined;
  people: Person[];
  facts: Facts;
  counts: WorldCounts;
  /** The writes that asked for the state that the recording had already. `at` is in ms since 1970. */
  redundantWrites: { recording: Recording; at: number }[];
  /** The conferences that a copy called a problem although their recording was right, or they were over. */
  falseAlarms: Conference[];
  /** Changes what goes wrong from now on. */
  setFaults(faults: WorldFaults): void;
  /** Lets a new person call. Resolves when they have joined their conference or hung up, or if no copy is running. */
  callIn(room: string | undefined): Promise<void>;
  /** Adds a line to the story. */
  log(line: string): void;
}

/** 24 November 2026, 12:00 UTC, in ms since 1970. */
const EPOCH = 1_795_521_600_000;

/**
 * Creates a world and starts its copies. The caller must uninstall its clock.
 *
 * @param startCopy starts a process of the service, or of what stands for it
 * @param onLine called with each line of the story, if somebody wants to read it
 */
export function createWorld(dimensions: Dimensions, startCopy: StartCopy, onLine?: (line: string) => void): World {
  const { seed, traits, minParticipants, latencyMs, announcementMs, countHeld } = dimensions;
  const limits = timeLimits(dimensions);
  const clock = installVirtualClock(EPOCH);
  const stream = createStreams(seed);
  const people: Person[] = [];
  const counts: WorldCounts = { events: 0, crossings: 0, reads: 0, writes: 0 };
  const redundantWrites: World['redundantWrites'] = [];
  const falseAlarms: Conference[] = [];
  const participantListeners: Parameters<DirectAccess['onParticipantsChanged']>[0][] = [];
  let faults = dimensions.faults;
  let sids = 0;

  const log = (line: string) => onLine?.(`${(clock.now / 1000).toFixed(3).padStart(8)}  ${line}`);
  const latency = () => Math.round(latencyMs / 2) + stream('latency').integer(0, Math.round(latencyMs / 2));

  const model = createSpaceModel({
    projectId: 'project',
    traits,
    now: () => EPOCH + clock.now,
    newSid() {
      sids += 1;
      return `00000000-0000-4000-8000-${String(sids).padStart(12, '0')}`;
    },
    minParticipants,
    countHeld,
    recordingUrl: (sid) => sid,
    // The space delivers it, and not the process whose request caused it.
    onCallback: (callback) => clock.runAs(undefined, () => deliver(callback)),
    onChange,
  });
  const directAccess: DirectAccess = {
    model,
    latency,
    wait: clock.wait,
    onParticipantsChanged: (listener) => void participantListeners.push(listener),
  };
  const redis = dimensions.redis === 'none' ? undefined : createMemoryRedis(stream);
  const fleet = startFleet({
    dimensions,
    model,
    views: createViews(model),
    clock,
    stream,
    faults: () => faults,
    latency,
    startCopy,
    directAccess,
    redis,
    onRequest({ method }) {
      if (method === 'GET') counts.reads += 1;
      else counts.writes += 1;
    },
    onRedundantWrite: (recording) => void redundantWrites.push({ recording, at: model.now() }),
    onProblem(conferenceSid) {
      const conference = model.conferences.get(conferenceSid.toLowerCase());
      const isWrong = conference?.meter.wrongSince() !== undefined && current(conference.status) !== 'completed';
      log(`  ${shortenSid(conferenceSid)} is called a problem${isWrong ? '' : ', and is none'}`);
      if (conference && !isWrong) falseAlarms.push(conference);
    },
    log,
  });
  const deliver = createDelivery({
    faults: () => faults,
    latency,
    stream,
    wait: clock.wait,
    passToCopy: fleet.passToCopy,
    log: (line) => log(`  ${line}`),
  });

  /** Logs and counts a change in the space. */
  function onChange({ type, conference, call }: Change): void {
    // The person who does it logs it.
    if (type === 'held' || type === 'unheld') return;
    const person = people.find((one) => one.call === call);
    const letter = person?.letter ?? 'somebody';
    const headCount = activeParticipants(conference).length;
    const description = `${shortenSid(conference.sid)} (${conference.name}, ${headCount} in)`;
    if (type === 'recording') {
      const recording = conference.recordings[0];
      log(`  the recording of ${description} is ${recording ? current(recording.status) : 'gone'}`);
      return;
    }
    if (type === 'ended') {
      log(`${description} is over`);
      return;
    }
    counts.events += 1;
    if (headCount === (type === 'joined' ? minParticipants : minParticipants - 1)) counts.crossings += 1;
    if (person) person[type === 'joined' ? 'joinedAt' : 'leftAt'] = clock.now;
    log(`${letter} ${type === 'joined' ? 'joins' : 'leaves'} ${description}`);
    for (const listener of participantListeners) listener(conference);
  }

  async function callIn(room: string | undefined): Promise<void> {
    const route = fleet.routeCall();
    if (!route) return log('somebody calls, but no copy is running');
    const { copy, starts, conferenceNameFor } = route;
    const call = model.addCall(`+1555${String(people.length).padStart(7, '0')}`, '+15550100000', 'inbound');
    const person: Person = {
      letter: letterOf(people.length),
      call,
      room,
      copy,
      starts,
      conferenceName: undefined,
      calledAt: clock.now,
      joinedAt: undefined,
      leftAt: undefined,
    };
    people.push(person);
    await clock.wait(latency());
    const sid = traits.sids === 'capitals' ? call.sid.toUpperCase() : call.sid;
    person.conferenceName = room === undefined ? await conferenceNameFor(sid) : CONFERENCE_PREFIX + room;
    await clock.wait(latency());
    if (isCallOver(call)) return;
    model.setCallStatus(call, 'in-progress');
    if (announcementMs > 0) await clock.wait(announcementMs);
    if (isCallOver(call)) return;
    model.join(call, lamlFor(person.conferenceName, countHeld));
  }

  return {
    dimensions,
    limits,
    clock,
    stream,
    model,
    fleet,
    redis,
    people,
    facts: {
      starts: () => fleet.starts,
      lastStartBefore: fleet.lastStartBefore,
      hasStoodStill: fleet.hasStoodStill,
      people,
      areRecordingsReported: ({ recordings }) =>
        recordings.every(({ sid }) => fleet.hadReportOf(sid, clock.now - limits.correctionMs)),
    },
    counts,
    redundantWrites,
    falseAlarms,
    setFaults(next) {
      faults = next;
    },
    callIn,
    log,
  };
}
