import type { Health } from '../http/health.js';
import { describeClockDifference } from '../log/clock-warning.js';
import { askHealth, localUrl } from '../running-service/ask-health.js';
import { askLink } from '../running-service/ask-link.js';
import { askWebhooks } from '../running-service/ask-webhooks.js';
import type { Settings } from '../settings/settings.js';
import { resolveSpace } from '../signalwire/resolve-space.js';
import type { ListedConference, PhoneNumber, Space } from '../signalwire/space.js';
import { isUnauthorized, SpaceError } from '../signalwire/space-error.js';
import { checkNumber } from './check-number.js';
import { checkLink, judgeRunning } from './doctor-redis.js';
import { type Finding, ok, unknown, wrong } from './finding.js';

/** How many copies may answer at the public URL before we conclude that ours is not one of them. */
const MAX_COPIES = 10;

const HOW_TO_ADD_SCOPE = "tick it in SignalWire's dashboard under API Credentials, Tokens.";

/**
 * Checks everything that calls and recordings depend on, one thing after another. Changes nothing.
 *
 * @param settings the settings of the service, which should be running on this machine
 */
export async function* runChecks(settings: Settings, space: Space): AsyncGenerator<Finding> {
  const { hostname } = new URL(settings.spaceUrl);
  const local = await resultOrError(askHealth(localUrl(settings)));
  const publicUrl = settings.publicUrl ?? (local instanceof Error ? null : local.publicUrl);

  const resolved = await resultOrError(resolveSpace(settings.spaceUrl));
  if (resolved instanceof Error) {
    yield wrong(`SIGNALWIRE_SPACE_URL: ${hostname} does not resolve. Check its spelling and the network.`);
    yield unknown('The credentials and the number could not be checked.');
  } else {
    yield ok(`${hostname} resolves.`);
    const numbers = await resultOrError(space.listPhoneNumbers());
    yield checkCredentials(await resultOrError(space.listConferences('in-progress')), numbers, settings);
    yield await checkNumber({ space, numbers, settings, publicUrl, isRunning: !(local instanceof Error) });
    const difference = describeClockDifference(space);
    if (difference)
      yield wrong(`${difference}. Set it, for example by NTP: the times in the log and on the page are wrong.`);
  }
  if (settings.signingKeys.length > 0) yield await checkSigningKey(settings, local);
  if (settings.redisUrl !== undefined) yield await checkLink(settings.redisUrl, settings);
  if (!(local instanceof Error))
    yield* judgeRunning(await resultOrError(askLink(localUrl(settings))), settings.redisUrl);
  yield await checkPublicUrl(local, publicUrl, settings);
}

function checkCredentials(
  conferences: ListedConference[] | Error,
  numbers: PhoneNumber[] | Error,
  { spaceUrl, phoneNumber }: Settings,
): Finding {
  if (isUnauthorized(conferences) && isUnauthorized(numbers)) {
    return wrong(
      'SignalWire refuses the credentials (401). Check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, that ' +
        `SIGNALWIRE_SPACE_URL (${spaceUrl}) is the space they belong to, and that the token has the Voice scope.`,
    );
  }
  if (isUnauthorized(conferences)) return wrong(`The API token lacks the Voice scope: ${HOW_TO_ADD_SCOPE}`);
  const failed = [conferences, numbers].find((answer) => answer instanceof Error && !isUnauthorized(answer));
  if (failed instanceof SpaceError && (failed.status === 429 || (failed.status ?? 0) >= 500)) {
    return wrong(
      `SignalWire answered ${failed.status}: its API is failing, and nothing here needs a change. Try again in a few minutes.`,
    );
  }
  if (failed instanceof Error) {
    return wrong(`${failed.message}. Check that SIGNALWIRE_SPACE_URL (${spaceUrl}) is your space, and try again.`);
  }
  if (!isUnauthorized(numbers)) return ok('The credentials are valid, and the token has the Voice and Numbers scopes.');
  if (phoneNumber !== undefined) {
    return wrong(`The credentials are valid, but the API token lacks the Numbers scope: ${HOW_TO_ADD_SCOPE}`);
  }
  return ok(
    'The credentials are valid, and the token has the Voice scope. (It lacks Numbers, which only SIGNALWIRE_PHONE_NUMBER needs.)',
  );
}

/** How many wrong signatures in a row are no longer taken for somebody else's noise. */
const MAX_NOISE = 3;

/** Checks the signing key of the running service by the webhooks that it has received. */
async function checkSigningKey(settings: Settings, local: Health | Error): Promise<Finding> {
  const { statusPassword, signingKeys } = settings;
  if (statusPassword === undefined || local instanceof Error) {
    return unknown('SIGNALWIRE_SIGNING_KEY can only be checked while the service runs with a STATUS_PASSWORD.');
  }
  const webhooks = await resultOrError(askWebhooks(localUrl(settings), statusPassword));
  if (webhooks instanceof Error) {
    return unknown(`SIGNALWIRE_SIGNING_KEY of the running service could not be checked. ${webhooks.message}`);
  }
  const { accepted, refused } = webhooks;
  const [lastSigned] = [...accepted, ...refused]
    .filter(({ signature }) => typeof signature?.matchedKey === 'number')
    .toSorted((a, b) => b.number - a.number);
  const mismatched = refused.filter(
    ({ signature, number }) => signature?.matchedKey === null && number > (lastSigned?.number ?? 0),
  );
  const advice =
    'Check that PUBLIC_URL is the address that SignalWire calls, and that SIGNALWIRE_SIGNING_KEY is the one in the dashboard, ' +
    'API Credentials; then restart the service.';
  if (!lastSigned && mismatched.length > 0) return wrong(`No webhook had a signature that matches. ${advice}`);
  if (!lastSigned) {
    const [last] = refused;
    return unknown(
      last
        ? `SIGNALWIRE_SIGNING_KEY: no webhook with a signature has arrived. The last one was refused: ${last.reason}`
        : 'SIGNALWIRE_SIGNING_KEY: no webhook has arrived yet. Call the number, and run this again.',
    );
  }
  if (mismatched.length >= MAX_NOISE) {
    return unknown(`The last ${mismatched.length} signed webhooks did not match, though earlier ones did. ${advice}`);
  }
  const key = signingKeys.length > 1 ? `signing key ${lastSigned.signature?.matchedKey}` : 'signing key';
  return ok(`The last webhook from SignalWire matched the running service's ${key}.`);
}

/** Checks that the public URL leads to the service that runs here. */
async function checkPublicUrl(local: Health | Error, publicUrl: string | null, settings: Settings): Promise<Finding> {
  const here = localUrl(settings);
  if (local instanceof Error) {
    return wrong(`${here}/healthz ${local.message}. Start the service, and run this again on the same machine.`);
  }
  if (publicUrl === null) return wrong('The service has no public URL yet: its tunnel is still being opened.');
  if (local.publicUrl !== publicUrl) {
    const present = local.publicUrl ?? 'none yet';
    return wrong(
      `The public URL of the running service (${present}) differs from PUBLIC_URL (${publicUrl}). Restart the service.`,
    );
  }
  let remote = await resultOrError(askHealth(publicUrl));
  // Behind a balancer, another copy may answer first.
  for (let asked = 1; asked < MAX_COPIES && isAnother(remote, local); asked += 1) {
    remote = await resultOrError(askHealth(publicUrl));
  }
  if (remote instanceof Error) {
    return wrong(
      `${publicUrl}/healthz ${remote.message}. Check PUBLIC_URL, its DNS entry and its certificate, and that the proxy ` +
        `forwards requests to ${here}.`,
    );
  }
  if (isAnother(remote, local)) {
    return wrong(`${publicUrl} leads to a different process from the one at ${here}, perhaps on another machine.`);
  }
  return ok(`${publicUrl} leads to this service.`);
}

function isAnother(remote: Health | Error, local: Health): boolean {
  return !(remote instanceof Error) && remote.instance !== local.instance;
}

async function resultOrError<Result>(promise: Promise<Result>): Promise<Result | Error> {
  return promise.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
