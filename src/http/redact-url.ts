/** Query parameters whose values may be logged. */
const LOGGED = ['room'];

/** Replaces the values in a URL's query, which may be phone numbers, by an ellipsis. The room is kept. */
export function redactUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const parameters = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${parameters.map(redactParameter).join('&')}`;
}

function redactParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals === -1 ? '' : parameter.slice(0, equals);
  if (LOGGED.includes(name) || parameter === '') return parameter;
  return name === '' ? '…' : `${name}=…`;
}
