/** What a 401 to a request that needs the Voice scope means. */
export const REFUSED_CREDENTIALS =
  'SignalWire refused the credentials (401). Check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that the ' +
  'token has the Voice scope.';
