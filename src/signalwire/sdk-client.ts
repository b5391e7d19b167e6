import { RestClient } from '@signalwire/compatibility-api';
import { checkAnswer } from './answers.js';
import type { HttpClient } from './http-client.js';

export type Client = ReturnType<typeof RestClient>;
type ClientOptions = NonNullable<Parameters<typeof RestClient>[2]>;

/** Where SignalWire's compatibility API is, and who we are there. */
export interface Credentials {
  /** Origin of the REST API. */
  spaceUrl: string;
  projectId: string;
  apiToken: string;
}

/** SignalWire's compatibility SDK with our own HTTP client. Answers are checked before the SDK reads them. */
export function createClient({ spaceUrl, projectId, apiToken }: Credentials, http: HttpClient): Client {
  const options = {
    signalwireSpaceUrl: new URL(spaceUrl).host,
    httpClient: withCheckedAnswers(http),
    // Otherwise the SDK loads some thirty APIs that we never use.
    lazyLoading: true,
    // Otherwise the SDK reads TWILIO_REGION, TWILIO_EDGE and others from the environment, and calls another host.
    env: {},
  };
  // The SDK declares its HTTP client as a class of its own, but uses only `request`.
  const client = RestClient(projectId, apiToken, options as unknown as ClientOptions);
  // The SDK always puts https:// before the host; the simulator on loopback speaks plain http.
  Object.assign(client.api, { baseUrl: spaceUrl });
  return client;
}

/** The SDK trusts any JSON to be what its types promise. */
function withCheckedAnswers(http: HttpClient): Pick<HttpClient, 'request'> {
  return {
    async request(sdkRequest) {
      const { statusCode, body } = await http.request(sdkRequest);
      return { statusCode, body: checkAnswer(sdkRequest.method, sdkRequest.uri, statusCode, body) };
    },
  };
}
