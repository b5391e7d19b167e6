import type { Random } from '../../src/simulator/model/random.js';
import { activeParticipants, type Call, type ConferenceLaml, isCallOver } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';

/** A caller. All times are in ms of the world. */
export interface Person {
  /** The name in the story: `A`, `B` and so on. */
  letter: string;
  call: Call;
  /** The room that the caller asked for; undefined for none. */
  room: string | undefined;
  /** The index of the copy that answered the call. */
  copy: number;
  /** How often that copy had been started by then. */
  starts: number;
  /** The name of the conference that the copy answered; undefined until it has answered. */
  conferenceName: string | undefined;
  calledAt: number;
  /** Undefined until the person has joined the conference. */
  joinedAt: number | undefined;
  /** Undefined until the person has left the conference. */
  leftAt: number | undefined;
}

/** Small, so that the number of people often crosses the threshold. */
const MAX_IN_ROOM = 4;

export interface PeopleOptions {
  model: SpaceModel;
  random: Random;
  /** The rooms that callers ask for; undefined stands for none. */
  rooms: (string | undefined)[];
  /** Lets a new person call. */
  callIn(room: string | undefined): void;
  /** Adds a line to the story. */
  log(line: string): void;
}

/** Lets one person act at random: call, hang up, or go on or off hold. */
export function actAtRandom(people: Person[], { model, random, rooms, callIn, log }: PeopleOptions): void {
  const room = rooms[random.integer(0, rooms.length - 1)];
  const inRoom = people.filter((one) => one.room === room && !isCallOver(one.call));
  const isCall = inRoom.length === 0 || (inRoom.length < MAX_IN_ROOM && random.happens(0.5));
  if (isCall) {
    callIn(room);
    return;
  }
  const person = inRoom[random.integer(0, inRoom.length - 1)];
  if (!person) return;
  if (random.happens(0.85)) {
    model.endCall(person.call);
    return;
  }
  for (const conference of model.conferences.values()) {
    const participant = activeParticipants(conference).find(({ call }) => call === person.call);
    if (!participant) continue;
    const isHeld = current(participant.hold);
    log(`${person.letter} is ${isHeld ? 'taken off' : 'put on'} hold`);
    model.updateParticipant(conference, participant, { hold: !isHeld });
  }
}

/** The letter of the person with that index: A to Z, then A1 to Z1 and so on. */
export function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? String(round) : '');
}

/** The LaML that the service answers, as `conferenceResponse` in src/signalwire/laml.ts builds it. */
export function lamlFor(conferenceName: string, countHeld: boolean): ConferenceLaml {
  return {
    name: conferenceName,
    record: 'record-from-start',
    trim: 'do-not-trim',
    startConferenceOnEnter: true,
    endConferenceOnExit: false,
    muted: false,
    statusCallback: 'callback',
    statusCallbackEvent: ['start', 'end', 'join', 'leave', ...(countHeld ? [] : ['hold'])],
    statusCallbackMethod: 'POST',
    recordingStatusCallback: 'store_recording_sid',
    recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'],
    recordingStatusCallbackMethod: 'POST',
  };
}
