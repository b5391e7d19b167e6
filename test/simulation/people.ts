import type { Random } from '../../src/simulator/model/random.js';
import { type Call, type Instruction, isCallOver, peopleIn } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';

/** Somebody with a phone. */
export interface Person {
  /** `A`, `B` and so on. */
  letter: string;
  call: Call;
  /** The room they asked for; undefined for none. */
  asksFor: string | undefined;
  /** Which copy took the call, and how often that one had been started by then. */
  copy: number;
  starts: number;
  /** What they were sent to; undefined until they are. */
  conference: string | undefined;
  /** When they called and when they came in (ms). */
  calledAt: number;
  cameAt: number | undefined;
  leftAt: number | undefined;
}

/** How many are in a room at most, so that the threshold is crossed often. */
const MAX_IN_ROOM = 4;

export interface PeopleOptions {
  model: SpaceModel;
  random: Random;
  /** What they ask for: a room by name, or none. */
  rooms: (string | undefined)[];
  /** Has somebody call; undefined asks for no room. */
  callIn(asksFor: string | undefined): void;
  hangUp(person: Person): void;
  log(line: string): void;
}

/** One thing that one of them does: come, go, or put the other on hold. */
export function somebodyActs(people: Person[], { model, random, rooms, callIn, hangUp, log }: PeopleOptions): void {
  const asksFor = rooms[random.whole(0, rooms.length - 1)];
  const there = people.filter((one) => one.asksFor === asksFor && !isCallOver(one.call));
  const comes = there.length === 0 || (there.length < MAX_IN_ROOM && random.happens(0.5));
  if (comes) {
    callIn(asksFor);
    return;
  }
  const person = there[random.whole(0, there.length - 1)];
  if (!person) return;
  if (random.happens(0.85)) {
    hangUp(person);
    return;
  }
  for (const conference of model.conferences.values()) {
    const participant = peopleIn(conference).find(({ call }) => call === person.call);
    if (!participant) continue;
    log(`${person.letter} is ${participant.hold ? 'taken off' : 'put on'} hold`);
    model.updateParticipant(conference, participant, { hold: !participant.hold });
  }
}

/** A to Z, then A1 and so on. */
export function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? String(round) : '');
}

/** What the service's document says of the conference; as `conferenceResponse` in src/signalwire/laml.ts. */
export function instructionFor(name: string): Instruction {
  return {
    name,
    record: 'record-from-start',
    trim: 'do-not-trim',
    startConferenceOnEnter: true,
    endConferenceOnExit: false,
    muted: false,
    statusCallback: 'callback',
    statusCallbackEvent: ['start', 'end', 'join', 'leave'],
    statusCallbackMethod: 'POST',
    recordingStatusCallback: 'store_recording_sid',
    recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'],
    recordingStatusCallbackMethod: 'POST',
  };
}
