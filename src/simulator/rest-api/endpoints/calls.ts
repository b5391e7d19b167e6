import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Calls } from '../../calls.js';
import type { PhoneNumber } from '../../model/phone-number.js';
import { answeredAt, type Call, endedAt } from '../../model/resources.js';
import { current } from '../../model/timeline.js';
import type { CallView } from '../../model/views.js';
import { callNotPlaced, unprocessable } from '../api-error.js';
import { createPage } from '../paging.js';
import {
  describeIssue,
  type EndpointContext,
  httpMethod,
  ok,
  PAGING,
  parse,
  pathSid,
  readForm,
  requireFound,
  webUrl,
} from './endpoint.js';
import { isWithin, TIME_ENDED, TIME_STARTED, toSecond } from './time-filters.js';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form');
const newCall = z.object({ To: e164, From: e164, Url: webUrl, Method: httpMethod.default('POST') });
// The code for each invalid parameter. Source: SignalWire's page "Error codes".
const CODES: Record<string, string> = { To: '21211', From: '21212', Url: '21205', Method: '21209' };
const FROM_NOT_OWNED = '21210';
const TO_INVALID = '21217';
const update = z.object({ Status: z.enum(['completed', 'canceled']) });
const filter = z.strictObject({
  ...PAGING,
  Status: z
    .enum(['queued', 'ringing', 'in-progress', 'canceled', 'completed', 'busy', 'failed', 'no-answer'])
    .optional(),
  To: z.string().optional(),
  From: z.string().optional(),
  ParentCallSid: z.string().optional(),
  ...TIME_STARTED,
  ...TIME_ENDED,
});

export interface CallEndpointContext extends EndpointContext {
  calls: Calls;
  /** The project's numbers. A call must come from one of them. */
  numbers: PhoneNumber[];
  /** Numbers in E.164 form that don't exist. */
  invalidNumbers: ReadonlySet<string>;
}

/** Adds the endpoints that list, place, fetch and end calls. */
export function addCallEndpoints(router: Router, context: CallEndpointContext): void {
  const { createHandler, model, views, representations, calls, numbers, invalidNumbers } = context;

  const list = createHandler((request) => {
    const query = parse(filter, request.query);
    const matching = views.listCalls().filter((view) => matches(view, query));
    const items = matching.map((view) => ({
      ordinal: view.call.ordinal,
      represent: () => representations.call(view),
    }));
    return ok(createPage(request, 'calls', items));
  });

  const place = createHandler((request) => {
    const parsed = newCall.safeParse(request.body ?? {});
    if (!parsed.success) {
      throw callNotPlaced(
        ...parsed.error.issues.map((issue) => ({
          code: CODES[issue.path.join()] ?? '10000',
          message: describeIssue(issue),
        })),
      );
    }
    const { To, From, Url, Method } = parsed.data;
    if (!numbers.some(({ phoneNumber }) => phoneNumber === From)) {
      throw callNotPlaced({
        code: FROM_NOT_OWNED,
        message: 'From is not a purchased or verified number of the project',
      });
    }
    if (invalidNumbers.has(To)) {
      throw callNotPlaced({ code: TO_INVALID, message: 'To does not appear to be a valid number' });
    }
    return ok(represent(calls.place(From, To, { url: Url, method: Method })));
  });

  const fetch = createHandler((request) =>
    ok(representations.call(requireFound(views.findCall(pathSid(request, 'call'))))),
  );

  const end = createHandler((request: Request) => {
    const call = requireFound(model.calls.get(pathSid(request, 'call').toLowerCase()));
    const { Status } = parse(update, request.body);
    if (!calls.end(call, Status))
      throw unprocessable(`The call is ${current(call.status)} and can't be changed to ${Status}`);
    return ok(represent(call));
  });

  const represent = (call: Call) => representations.call({ call, status: current(call.status) });

  router.route('/:account/Calls').get(list).post(readForm, place);
  router.route('/:account/Calls/:call').get(fetch).post(readForm, end);
}

function matches(
  { call, status }: CallView,
  { Status, To, From, ParentCallSid, ...times }: z.output<typeof filter>,
): boolean {
  const [started, ended] = [answeredAt(call), endedAt(call)].map((ms) => (ms === undefined ? ms : toSecond(ms)));
  return (
    (Status === undefined || status === Status) &&
    (To === undefined || call.to === To) &&
    (From === undefined || call.from === From) &&
    // No call in the simulator has a parent.
    ParentCallSid === undefined &&
    isWithin(started, times.StartTime, times['StartTime<'], times['StartTime>']) &&
    isWithin(ended, times.EndTime, times['EndTime<'], times['EndTime>'])
  );
}
