import { checkRedis, type RedisCheck } from '../copies/check-redis.js';
import { channelOf } from '../copies/redis-link.js';
import type { Link } from '../running-service/ask-link.js';
import type { Settings } from '../settings/settings.js';
import { type Finding, ok, unknown, wrong } from './finding.js';

/** A copy waits this long for another one's answer (ms). */
const MAX_ROUND_TRIP_MS = 100;

/** What to do, by what the sentence about the failure contains. */
const ADVICE: [RegExp, string][] = [
  [
    /WRONGPASS|NOAUTH|has no password/,
    'Correct REDIS_URL: redis://USER:PASSWORD@HOST:PORT, or redis://:PASSWORD@HOST:PORT.',
  ],
  [/NOPERM/, 'Give the user +publish, +subscribe and the channel CHANNEL, for example by ACL SETUSER.'],
  [/certificate/, 'If it is your own, set NODE_EXTRA_CA_CERTS to its file, for the service as well.'],
  [
    /isn't Redis|TLS|Sentinel|closed the connection|DB index/,
    'Check the protocol, the host, the port and the database of REDIS_URL.',
  ],
];

const OTHERWISE = 'Check the host and the port of REDIS_URL, that Redis runs, and the network.';

/** Checks whether the copies of the service can be linked. Call it only with REDIS_URL. */
export async function checkLink(redisUrl: string, settings: Settings): Promise<Finding> {
  const channel = channelOf(settings);
  const result = await checkRedis(redisUrl, channel).catch((error: Error) => error);
  if (result instanceof Error) {
    const [, advice = OTHERWISE] = ADVICE.find(([pattern]) => pattern.test(result.message)) ?? [];
    return wrong(
      `REDIS_URL: ${result.message}. ${advice.replace('CHANNEL', channel)} Until then each copy works by itself.`,
    );
  }
  return judge(result);
}

/** Judges how the running service is linked. Nothing is to be said of one that has no REDIS_URL and needs none. */
export function* judgeRunning(link: Link | Error, redisUrl: string | undefined): Generator<Finding> {
  if (link instanceof Error) return;
  if (link === null) {
    if (redisUrl !== undefined) yield wrong('The running service was started without REDIS_URL. Restart it.');
    return;
  }
  if (redisUrl === undefined) {
    yield unknown('The running service has a REDIS_URL, and these settings have none, so Redis was not checked.');
  } else if (!link.ok) {
    yield wrong(
      `The running service isn't linked with the other copies. ${link.reason} Until then it works by itself.`,
    );
  } else if (link.copies === 1) {
    yield unknown(
      'The running service is linked with no other copy. If there are others, they need the same REDIS_URL, ' +
        'SIGNALWIRE_PROJECT_ID and CONFERENCE_PREFIX.',
    );
  } else {
    yield ok(`${link.copies} copies act as one.`);
  }
}

export function judge({ roundTripMs, version = 'Redis' }: RedisCheck): Finding {
  const took = `a message to ${version} and back takes ${roundTripMs < 1 ? 'less than 1' : Math.round(roundTripMs)} ms`;
  if (roundTripMs <= MAX_ROUND_TRIP_MS) return ok(`REDIS_URL: ${took}.`);
  return wrong(
    `REDIS_URL: ${took}, and a copy waits ${MAX_ROUND_TRIP_MS} ms for another one before it does the work itself. ` +
      'Use a Redis that is closer, or less busy.',
  );
}
