import { RestClient } from '@signalwire/compatibility-api';

type Form = NodeJS.Dict<string | string[]>;

// The SDK's types don't know the last argument, which silences a warning that takes any wrong signature for a RELAY
// request.
const validateRequest: (key: string, signature: string, url: string, form: Form, silent: boolean) => boolean =
  RestClient.validateRequest;

/**
 * Whether SignalWire signed this request.
 *
 * The signature is an HMAC-SHA1 over the public URL as configured, query included, and the form's parameters in the
 * order of their names. Source: SignalWire's guide "Webhook security" and the SDK, which tries the URL with its port and
 * without, and compares in constant time.
 *
 * @param signingKey the project's signing key (not the API token)
 * @param signature the header's value, base64; whatever else it is counts as wrong
 * @param url what SignalWire called: the public URL, path and query
 * @param form the POST parameters; empty for a GET
 */
export function isSigned(signingKey: string, signature: string, url: string, form: Form): boolean {
  return validateRequest(signingKey, signature, url, form, true);
}
