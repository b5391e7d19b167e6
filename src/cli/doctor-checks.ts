import { lookup } from 'node:dns/promises';
import { askHealth, type Health, localUrl } from '../http/health.js';
import {
  byHand,
  IN_THE_DASHBOARD,
  leadsTo,
  noSuchNumber,
  ownerOf,
  shown,
  webhookFor,
} from '../phone-numbers/point-number.js';
import type { Settings } from '../settings/settings.js';
import type { ListedConference, PhoneNumber, Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';

/** What was found of one thing. `unknown` is what can't be told, and needn't be wrong. */
export interface Finding {
  is: 'ok' | 'wrong' | 'unknown';
  /** What is well, or how to mend what isn't. */
  sentence: string;
}

const ok = (sentence: string): Finding => ({ is: 'ok', sentence });
const wrong = (sentence: string): Finding => ({ is: 'wrong', sentence });
const unknown = (sentence: string): Finding => ({ is: 'unknown', sentence });

/** How often the public URL is asked who it leads to. */
const MAX_COPIES = 10;

const TICK_IT = "tick it in SignalWire's dashboard under API Credentials, Tokens.";

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
    yield target(numbers, settings, publicUrl, !(local instanceof Error));
  }
  if (settings.signingKeys.length > 0) {
    yield unknown(
      'SIGNALWIRE_SIGNING_KEY can be told right only by a call: where the log says that a request was refused with 403, ' +
        "copy it again from SignalWire's dashboard, API Credentials.",
    );
  }
  yield await reachability(local, publicUrl, settings);
}

function credentials(
  conferences: ListedConference[] | Error,
  numbers: PhoneNumber[] | Error,
  { spaceUrl, phoneNumber }: Settings,
): Finding {
  if (isUnauthorized(conferences) && isUnauthorized(numbers)) {
    return wrong(
      'SignalWire refuses the credentials (401): check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, that ' +
        `SIGNALWIRE_SPACE_URL (${spaceUrl}) is the space they belong to, and that the token has the Voice scope.`,
    );
  }
  if (isUnauthorized(conferences)) return wrong(`The API token lacks the Voice scope: ${TICK_IT}`);
  const failed = [conferences, numbers].find((answer) => answer instanceof Error && !isUnauthorized(answer));
  if (failed instanceof Error) {
    return wrong(`${failed.message}. Check that SIGNALWIRE_SPACE_URL (${spaceUrl}) is your space, and try again.`);
  }
  if (!isUnauthorized(numbers)) return ok('The credentials are accepted, with the scopes Voice and Numbers.');
  if (phoneNumber !== undefined) {
    return wrong(`The credentials are accepted, but the API token lacks the Numbers scope: ${TICK_IT}`);
  }
  return ok(
    'The credentials are accepted, with the Voice scope (and not Numbers, which only pointing a number needs).',
  );
}

/** Where the number points that callers call. */
function target(
  numbers: PhoneNumber[] | Error,
  { phoneNumber }: Settings,
  publicUrl: string | null,
  isRunning: boolean,
): Finding {
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
  const wanted = webhookFor(number, publicUrl);
  const owner = ownerOf(number, publicUrl);
  if (owner) return wrong(`${phoneNumber} is left alone by the service: ${owner} ${byHand(wanted)}`);
  const now = number.voiceUrl === '' ? 'nowhere' : `to ${shown(number.voiceUrl)} by ${number.voiceMethod}`;
  const how = isRunning ? 'Restart the service, which points it here.' : 'The service points it here when it starts.';
  return wrong(`${phoneNumber} points ${now}, not to ${wanted} by POST. ${how}`);
}

/** Whether what answers at the public URL is the service that runs here. */
async function reachability(local: Health | Error, publicUrl: string | null, settings: Settings): Promise<Finding> {
  const here = localUrl(settings);
  if (local instanceof Error) {
    return wrong(`${here}/healthz ${local.message}: start the service (npm start), and run this again beside it.`);
  }
  if (publicUrl === null) return wrong('The service has no public URL yet: its tunnel is still being opened.');
  if (local.publicUrl !== publicUrl) {
    const has = local.publicUrl === null ? 'none yet' : local.publicUrl;
    return wrong(
      `The service that runs has another public URL than PUBLIC_URL (${has}): restart it with ${publicUrl}.`,
    );
  }
  let remote = await attempt(askHealth(publicUrl));
  // Behind a balancer another copy may answer first.
  for (let asked = 1; asked < MAX_COPIES && isAnother(remote, local); asked += 1) {
    remote = await attempt(askHealth(publicUrl));
  }
  if (remote instanceof Error) {
    return wrong(
      `${publicUrl}/healthz ${remote.message}: check PUBLIC_URL, its DNS entry and certificate, and that the proxy in ` +
        `front passes on what comes to ${here}.`,
    );
  }
  if (isAnother(remote, local)) {
    return wrong(`${publicUrl} leads to another process than the one at ${here}, perhaps on another machine.`);
  }
  return ok(`${publicUrl} leads to this very service.`);
}

function isAnother(remote: Health | Error, local: Health): boolean {
  return !(remote instanceof Error) && remote.instance !== local.instance;
}

async function attempt<Result>(promise: Promise<Result>): Promise<Result | Error> {
  return promise.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
