import { lookup } from 'node:dns/promises';
import { askHealth, type Health, localUrl } from './health.js';
import { IN_THE_DASHBOARD, leadsTo, noSuchNumber, webhookFor } from './point-number.js';
import type { Settings } from './settings.js';
import type { PhoneNumber, Space } from './signalwire/space.js';
import { isUnauthorized } from './signalwire/space-error.js';

/** What was found of one thing. `unknown` is what can't be told, and needn't be wrong. */
export interface Finding {
  is: 'ok' | 'wrong' | 'unknown';
  /** What is well, or how to mend what isn't. */
  sentence: string;
}

const ok = (sentence: string): Finding => ({ is: 'ok', sentence });
const wrong = (sentence: string): Finding => ({ is: 'wrong', sentence });
const unknown = (sentence: string): Finding => ({ is: 'unknown', sentence });

const LACKS_NUMBERS =
  "the API token lacks the Numbers scope: tick it in SignalWire's dashboard under API Credentials, Tokens";

/**
 * Looks at what must be right for calls to come in and be recorded, one thing after the other. Changes nothing.
 *
 * @param settings those of the service that is looked at, which listens on this machine
 */
export async function* examine(settings: Settings, space: Space): AsyncGenerator<Finding> {
  const { hostname } = new URL(settings.spaceUrl);
  const local = await attempt(askHealth(localUrl(settings)));
  const publicUrl = settings.publicUrl ?? (local instanceof Error ? null : local.publicUrl);

  const resolved = await attempt(lookup(hostname.replace(/^\[|\]$/g, '')));
  if (resolved instanceof Error) {
    yield wrong(`SIGNALWIRE_SPACE_URL: the name ${hostname} does not resolve: check its spelling, and the network.`);
    yield unknown('The credentials and the number could not be looked at.');
  } else {
    yield ok(`${hostname} resolves.`);
    const numbers = await attempt(space.listPhoneNumbers());
    yield credentials(await attempt(space.listConferences('in-progress')), numbers, settings);
    yield target(numbers, settings, publicUrl);
  }
  yield await reachability(local, publicUrl, settings);
}

function credentials(conferences: unknown, numbers: unknown, { spaceUrl, phoneNumber }: Settings): Finding {
  if (isUnauthorized(conferences) && isUnauthorized(numbers)) {
    return wrong(
      'SignalWire refuses the credentials (401): check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, that ' +
        `SIGNALWIRE_SPACE_URL (${spaceUrl}) is the space they belong to, and that the token has the Voice scope.`,
    );
  }
  if (isUnauthorized(conferences)) {
    return wrong(
      "The API token lacks the Voice scope: tick it in SignalWire's dashboard under API Credentials, Tokens.",
    );
  }
  if (conferences instanceof Error) return wrong(`${conferences.message}. Try again; if it stays, ask SignalWire.`);
  if (phoneNumber === undefined && isUnauthorized(numbers)) {
    return ok(
      'The credentials are accepted, with the Voice scope (and not Numbers, which only pointing a number needs).',
    );
  }
  if (isUnauthorized(numbers)) return wrong(`The credentials are accepted, but ${LACKS_NUMBERS}.`);
  return ok('The credentials are accepted, with the scopes Voice and Numbers.');
}

/** Where the number points that callers call. */
function target(numbers: PhoneNumber[] | Error, { phoneNumber }: Settings, publicUrl: string | null): Finding {
  if (numbers instanceof Error) return unknown('Where numbers point could not be asked.');
  if (publicUrl === null) return unknown('Whether a number points here can be told only while the service runs.');
  const here = numbers.filter((number) => leadsTo(number, webhookFor(number, publicUrl)));
  if (phoneNumber === undefined) {
    const [first] = here;
    if (first) return ok(`${first.phoneNumber} points to ${first.voiceUrl}.`);
    return wrong(
      `No number of the project points here: set SIGNALWIRE_PHONE_NUMBER and start the service, or set a number's voice ` +
        `webhook to ${publicUrl}/inbound, with POST, ${IN_THE_DASHBOARD}.`,
    );
  }
  const number = numbers.find((one) => one.phoneNumber === phoneNumber);
  if (!number) return wrong(noSuchNumber(phoneNumber, numbers));
  if (here.includes(number)) return ok(`${phoneNumber} points to ${number.voiceUrl}.`);
  const webhook = number.voiceUrl === '' ? 'nowhere' : `to ${number.voiceUrl} by ${number.voiceMethod}`;
  return wrong(
    `${phoneNumber} points ${number.hasApplication ? 'to an application' : webhook}, not to ` +
      `${webhookFor(number, publicUrl)} by POST. Start the service, which points it here unless that takes it from ` +
      `somebody; else do it ${IN_THE_DASHBOARD}.`,
  );
}

/** Whether what answers at the public URL is the service that runs here. */
async function reachability(local: Health | Error, publicUrl: string | null, settings: Settings): Promise<Finding> {
  const here = localUrl(settings);
  if (local instanceof Error) {
    return wrong(`${here}/healthz ${local.message}: start the service (npm start), and run this again beside it.`);
  }
  if (publicUrl === null) return wrong('The service has no public URL yet: its tunnel is still being opened.');
  if (local.publicUrl !== publicUrl) {
    return wrong(`The service that runs has another PUBLIC_URL, ${local.publicUrl}: start it anew with ${publicUrl}.`);
  }
  const remote = await attempt(askHealth(publicUrl));
  if (remote instanceof Error) {
    return wrong(
      `${publicUrl}/healthz ${remote.message}: check PUBLIC_URL, its DNS entry and certificate, and that the proxy in ` +
        `front passes on what comes to ${here}.`,
    );
  }
  if (remote.instance !== local.instance) {
    return wrong(
      `${publicUrl} leads to another process than the one at ${here}: another machine's, or another copy behind the ` +
        'same balancer, which is fine if it is meant.',
    );
  }
  return ok(`${publicUrl} leads to this very service.`);
}

async function attempt<Result>(promise: Promise<Result>): Promise<Result | Error> {
  return promise.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
