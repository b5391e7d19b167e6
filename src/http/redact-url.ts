/** Query parameters whose values may be logged. */
const LOGGED = ['room'];

/** What is kept of a URL, in characters: it may come from anybody. */
const MAX_LENGTH = 300;

/** Replaces the values in a URL's query, which may be phone numbers, by an ellipsis. The room is kept. A long URL is cut off. */
export function redactUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url.slice(0, MAX_LENGTH);
  const parameters = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${parameters.map(redactParameter).join('&')}`.slice(0, MAX_LENGTH);
}

function redactParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals === -1 ? '' : parameter.slice(0, equals);
  if (LOGGED.includes(name) || parameter === '') return parameter;
  return name === '' ? '…' : `${name}=…`;
}
