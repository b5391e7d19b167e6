// Is everything recorded that should be? This decides what the first line says; `verdict.js` shows it.

/** @import { Feed, FeedProblem } from '../feed.js' */

/**
 * @typedef {object} Notice a problem as the page shows it
 * @property {string} key the same as long as it is the same problem
 * @property {string | null} conferenceSid
 * @property {string} sentence
 * @property {number | undefined} since ms since 1970; undefined if it isn't known
 */

/**
 * @typedef {object} Judgement
 * @property {Notice[]} problems
 * @property {boolean} isConnected whether the service answers
 * @property {boolean} isKnown whether it is known what is in progress
 * @property {string} headline what can be said besides the problems; empty if that is nothing
 */

/**
 * @param {Feed | undefined} feed the last one
 * @param {string} [failure] why the service can't be reached; undefined if it can
 * @param {number} [lastResponseAt] when it last answered (ms since 1970)
 * @returns {Judgement}
 */
export function judge(feed, failure, lastResponseAt) {
  const outage = feed && outageIn(feed);
  const wrong = feed?.verdict.problems.filter(({ kind }) => kind !== 'outage') ?? [];
  const problems = [
    ...(failure ? [{ key: 'connection', conferenceSid: null, sentence: failure, since: lastResponseAt }] : []),
    ...(outage ? [outage] : []),
    ...wrong.map((problem) => toNotice(problem.conferenceSid ?? `${problem.kind} ${problem.copy ?? ''}`, problem)),
  ];
  const isConnected = feed !== undefined && !failure;
  const isKnown = isConnected && !outage && feed.signalWireAnsweredAt !== null;
  const headline = isKnown ? headlineOf(feed) : headlineOfUnknown(feed, problems.length > 0);
  return { problems, isConnected, isKnown, headline };
}

/** A conference without a problem is as it should be, or will be in a moment. @param {Feed} feed */
function headlineOf({ live, verdict: { problems } }) {
  const wrong = new Set(problems.flatMap(({ conferenceSid }) => conferenceSid ?? []));
  const right = live.filter(({ sid }) => !wrong.has(sid)).length;
  if (wrong.size === 0) {
    if (right === 0) return 'Nothing is in progress';
    return right === 1 ? '1 in progress, as it should be' : `${right} in progress, all as they should be`;
  }
  if (right === 0) return '';
  return right === 1
    ? 'The other one in progress is as it should be'
    : `The other ${right} in progress are as they should be`;
}

/** @param {Feed | undefined} feed @param {boolean} isFailing */
function headlineOfUnknown(feed, isFailing) {
  if (!feed) return isFailing ? '' : 'Loading…';
  return isFailing ? 'What is shown below is the last known state' : 'What is in progress is not known yet';
}

/** An outage is a problem once it has lasted some seconds, but what is known is out of date at once. @param {Feed} feed */
function outageIn({ verdict, signalWireFailingSince: since }) {
  const problem = verdict.problems.find(({ kind }) => kind === 'outage');
  if (problem) return toNotice('outage', problem);
  const sentence =
    'SignalWire is failing: recordings are left as they are, and what is known of them may be out of date.';
  return since === null ? undefined : toNotice('outage', { kind: 'outage', conferenceSid: null, since, sentence });
}

/** @param {string} key @param {FeedProblem} problem @returns {Notice} */
function toNotice(key, { conferenceSid, sentence, since }) {
  return { key, conferenceSid, sentence, since: Date.parse(since) };
}
