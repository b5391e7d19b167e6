/** Query parameters whose values may be logged. */
const LOGGED = ['room'];

/** What is kept of a URL, in characters: it may come from anybody. */
const MAX_LENGTH = 300;

/**
 * A URL as it may be logged: scheme, host and path. User and password, the values in its query and its fragment, any of which may
 * be a secret or a phone number, are each replaced by an ellipsis. The room is kept. A long URL is cut off.
 *
 * @param url a whole URL, or a path with its query
 */
export function redactUrl(url: string): string {
  const [, beforeQuery = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  const withoutUser = beforeQuery.replace(/^((?:[a-z][\w+.-]*:)?(?:\/\/)?)[^/]*@/i, '$1…@');
  const parameters = query === undefined ? '' : `?${query.split('&').map(redactParameter).join('&')}`;
  return `${withoutUser}${parameters}${fragment ? '#…' : ''}`.slice(0, MAX_LENGTH);
}

function redactParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals === -1 ? '' : parameter.slice(0, equals);
  if (LOGGED.includes(name) || parameter === '') return parameter;
  return name === '' ? '…' : `${name}=…`;
}
