import {
  type Bracket,
  FILTERS,
  firstShown,
  hasIn,
  hasListed,
  isKnown,
  isListed,
  joinedAt,
  joinReportedAt,
  type PlacedCall,
} from '../observations.js';
import type { Evidence, Question, Result } from './finding.js';
import { BELIEVED_MS, formatBracket, ok, subtract, unknown, wrong } from './results.js';

const isAnswer = ({ http }: { http: number }) => http === 200 || http === 404;
/** How long a conference, a join and a leave take to show. */
export const LAGS = {
  newConference: {
    what: 'a new conference can be read after',
    assumes: 'less than 60 s',
    answer: ({ seen, course: { first, second } }) => {
      const since = first && joinedAt(seen, first);
      if (since === undefined) return unknown();
      const bracket = firstShown(seen.conference.filter(isAnswer), since, isKnown);
      return aloneOnly(measured(bracket, 60_000, 'the service may take it for over'), bracket, since, second);
    },
  },
  newConferenceListed: {
    what: 'a new conference is listed after',
    assumes: 'any time',
    answer: ({ seen, course: { first, second } }) => {
      const since = first && joinedAt(seen, first);
      if (since === undefined) return unknown();
      const brackets = FILTERS.flatMap((filter) => firstShown(seen.conferences[filter], since, isListed) ?? []);
      const [bracket] = brackets.filter(({ atMostMs }) => atMostMs !== undefined).toSorted(byUpperBound);
      return aloneOnly(bracket ? ok(bracket) : unknown(), bracket, since, second);
    },
  },
  listLagJoin: {
    what: 'lists show a join, after its callback, after',
    assumes: 'at most 15 s, or an interval if shorter',
    answer: ({ seen, course: { second }, settings: { resyncIntervalMs } }) => {
      const since = second && joinReportedAt(seen, second);
      if (!second || since === undefined) return unknown();
      const limit = Math.min(BELIEVED_MS, resyncIntervalMs || BELIEVED_MS);
      return measured(
        firstShown(seen.participants, since, hasListed(second.sid)),
        limit,
        'a pause may cut off two people who have just met',
      );
    },
  },
  listLagLeave: {
    what: 'lists show a leave, after its callback, after',
    assumes: 'at most 15 s',
    answer: (evidence) =>
      measured(leaveListed(evidence), BELIEVED_MS, 'one person alone may be recorded for that long'),
  },
  readLag: {
    what: 'single reads show a leave, after its callback, after',
    assumes: 'at most 15 s',
    answer: ({ readLag }) => measured(readLag, BELIEVED_MS, 'a pause or a resume may be written twice, or come late'),
  },
  leftListed: {
    what: 'those who left stay listed, as completed, for',
    assumes: 'any time, as completed',
    answer: ({ seen, course, ...rest }) => {
      const { second, leftAt } = course;
      const shown = leaveListed({ seen, course, ...rest });
      if (!second || leftAt === undefined || shown?.atMostMs === undefined) return unknown();
      const gone = firstShown(seen.participants.filter(isKnown), leftAt, (one) => !hasListed(second.sid)(one));
      const stays = seen.participants.some(
        (one) => one.answeredAt >= leftAt && hasListed(second.sid)(one) && !hasIn(second.sid)(one),
      );
      if (!stays) return ok({ atLeastMs: 0, atMostMs: 0 }, 'They are gone from the list at once.');
      return gone ? ok(subtract(gone, shown)) : unknown();
    },
  },
} satisfies Record<string, Question>;

const byUpperBound = (one: Bracket, other: Bracket) => (one.atMostMs ?? 0) - (other.atMostMs ?? 0);

/** Only a conference that is known while one person is in it tells how long a new one is unknown. */
function aloneOnly(
  result: Result,
  bracket: Bracket | undefined,
  since: number,
  second: PlacedCall | undefined,
): Result {
  const isTooLate = second !== undefined && since + (bracket?.atMostMs ?? Number.POSITIVE_INFINITY) >= second.placedAt;
  return isTooLate ? unknown('not before two are in') : result;
}

function leaveListed({ seen, course: { second, leftAt } }: Evidence): Bracket | undefined {
  if (!second || leftAt === undefined) return undefined;
  return firstShown(seen.participants.filter(isKnown), leftAt, (one) => !hasIn(second.sid)(one));
}

function measured(bracket: Bracket | undefined, limitMs: number, consequence: string): Result {
  if (!bracket) return unknown();
  if (bracket.atMostMs === undefined) {
    return bracket.atLeastMs > limitMs ? wrong(bracket, consequence) : unknown(formatBracket(bracket));
  }
  return bracket.atLeastMs <= limitMs ? ok(bracket) : wrong(bracket, consequence);
}
