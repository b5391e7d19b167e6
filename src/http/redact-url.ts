/** Parameters of a query that may be logged. */
const LOGGED = ['room'];

/** A URL for the log: of its query only the names, as the values hold phone numbers, but for the room. */
export function withoutValues(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const parameters = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${parameters.map(withoutValue).join('&')}`;
}

function withoutValue(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals === -1 ? '' : parameter.slice(0, equals);
  if (LOGGED.includes(name) || parameter === '') return parameter;
  return name === '' ? '…' : `${name}=…`;
}
