import { z } from 'zod';
import type { HttpClient } from './http-client.js';
import { MAX_PAGES, PAGE_SIZE } from './pages.js';
import type { Credentials } from './sdk-client.js';
import type { CallHandler } from './space.js';
import { SpaceError } from './space-error.js';

export interface CallHandlerOptions extends Credentials {
  http: Pick<HttpClient, 'request'>;
}

// The compatibility API doesn't show what handles a number's calls, so this is the one request to SignalWire's own REST API. The
// SDK doesn't have it. Source of the path, the parameters and the fields: the OpenAPI document of that API, `list_phone_numbers`.
const PATH = '/api/relay/rest/phone_numbers';

const page = z.object({
  data: z.array(z.looseObject({ number: z.string().catch('') })),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** If the handler is missing, the answer is unreadable: a number that we believed to have none would be taken. */
const callHandler = z.object({
  call_handler: z.string().min(1).nullable(),
  calling_handler_resource_id: text,
  call_receive_mode: text,
  call_request_url: text,
});

/**
 * Reads what handles a number's calls. The list is read without its filter, which is a substring, and compared exactly.
 *
 * @param phoneNumber in E.164 form
 * @returns undefined if the list doesn't have the number
 * @throws SpaceError
 */
export async function readCallHandler(
  options: CallHandlerOptions,
  phoneNumber: string,
): Promise<CallHandler | undefined> {
  const { http, spaceUrl, projectId, apiToken } = options;
  const followed = new Set<string>();
  let uri = `${spaceUrl}${PATH}?page_size=${PAGE_SIZE}`;
  while (!followed.has(uri) && followed.size < MAX_PAGES) {
    followed.add(uri);
    const answer = await http.request({ method: 'GET', uri, username: projectId, password: apiToken });
    const { data, links } = parse(page, answer.body, answer.statusCode);
    const number = data.find((one) => one.number === phoneNumber);
    if (number) return toCallHandler(parse(callHandler, number, answer.statusCode));
    if (!links?.next) return undefined;
    uri = nextPage(links.next, uri);
  }
  throw unreadable('its pages have no end');
}

/**
 * The URL of a next page. Only the link's path and query count: no document says whether the link is relative, and the token goes
 * to no other host.
 */
function nextPage(link: string, present: string): string {
  const url = URL.parse(link, present);
  if (url?.pathname !== PATH) throw unreadable('its next page belongs to something else');
  return new URL(url.pathname + url.search, present).href;
}

function toCallHandler(number: z.output<typeof callHandler>): CallHandler {
  return {
    kind: number.call_handler ?? undefined,
    resourceId: number.calling_handler_resource_id,
    requestUrl: number.call_request_url,
    receivesFaxes: number.call_receive_mode === 'fax',
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, status: number): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unreadable([issue?.path.join('.'), issue?.message].filter(Boolean).join(': '), status);
}

function unreadable(reason: string, status = 200): SpaceError {
  return new SpaceError(`SignalWire's answer to GET ${PATH} could not be read: ${reason}`, { status });
}
