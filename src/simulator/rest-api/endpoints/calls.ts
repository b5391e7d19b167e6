import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Calls } from '../../calls.js';
import { answeredAt, type Call, type CallStatus, endedAt } from '../../model/resources.js';
import { current } from '../../model/timeline.js';
import { notPlaced, unprocessable } from '../api-error.js';
import { pageOf } from '../paging.js';
import type { PhoneNumber } from '../phone-number.js';
import { form, found, httpMethod, ok, PAGING, type Parts, read, sentence, sidIn, webUrl } from './endpoint.js';
import { isWithin, secondOf, TIME_ENDED, TIME_STARTED } from './time-filters.js';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form');
const newCall = z.object({ To: e164, From: e164, Url: webUrl, Method: httpMethod.default('POST') });
// Which code stands for which parameter is read off SignalWire's page "Error codes".
const CODES: Record<string, string> = { To: '21211', From: '21212', Url: '21205', Method: '21209' };
const FROM_NOT_OWN = '21210';
const TO_NOT_VALID = '21217';
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

export interface CallsParts extends Parts {
  calls: Calls;
  /** The project's own, one of which a call must come from. */
  numbers: PhoneNumber[];
  /** What looks like a number and is none. */
  invalidNumbers: ReadonlySet<string>;
}

/** List, place, fetch and end calls. */
export function addCalls(router: Router, parts: CallsParts): void {
  const { endpoint, model, views, representations, calls, numbers, invalidNumbers } = parts;

  const list = endpoint((request) => {
    const asked = read(filter, request.query);
    const matching = views.listCalls().filter((shown) => isAskedFor(shown, asked));
    const items = matching.map((shown) => ({
      ordinal: shown.call.ordinal,
      show: () => representations.call(shown),
    }));
    return ok(pageOf(request, 'calls', items));
  });

  const place = endpoint((request) => {
    const asked = newCall.safeParse(request.body ?? {});
    if (!asked.success) {
      throw notPlaced(
        ...asked.error.issues.map((issue) => ({ code: CODES[issue.path.join()] ?? '10000', message: sentence(issue) })),
      );
    }
    const { To, From, Url, Method } = asked.data;
    if (!numbers.some(({ phoneNumber }) => phoneNumber === From)) {
      throw notPlaced({ code: FROM_NOT_OWN, message: 'From is not a purchased or verified number of the project' });
    }
    if (invalidNumbers.has(To))
      throw notPlaced({ code: TO_NOT_VALID, message: 'To does not appear to be a valid number' });
    return ok(show(calls.place(From, To, { url: Url, method: Method })));
  });

  const fetch = endpoint((request) => ok(representations.call(found(views.findCall(sidIn(request, 'call'))))));

  const end = endpoint((request: Request) => {
    const call = found(model.calls.get(sidIn(request, 'call').toLowerCase()));
    const { Status } = read(update, request.body);
    if (!calls.end(call, Status)) throw unprocessable(`The call is ${current(call.status)} and can't be ${Status}`);
    return ok(show(call));
  });

  const show = (call: Call) => representations.call({ call, status: current(call.status) });

  router.route('/:account/Calls').get(list).post(form, place);
  router.route('/:account/Calls/:call').get(fetch).post(form, end);
}

function isAskedFor(
  { call, status }: { call: Call; status: CallStatus },
  { Status, To, From, ParentCallSid, ...times }: z.output<typeof filter>,
): boolean {
  const [started, ended] = [answeredAt(call), endedAt(call)].map((ms) => (ms === undefined ? ms : secondOf(ms)));
  return (
    (Status === undefined || status === Status) &&
    (To === undefined || call.to === To) &&
    (From === undefined || call.from === From) &&
    // No call of the simulator's was created by another one.
    ParentCallSid === undefined &&
    isWithin(started, times.StartTime, times['StartTime<'], times['StartTime>']) &&
    isWithin(ended, times.EndTime, times['EndTime<'], times['EndTime>'])
  );
}
