import { setTimeout as delay } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { ApiError, notFound, refusal, unauthorized, unchangeable, unprocessable } from './api-error.js';
import type { Calls } from './calls.js';
import type { Conferences } from './conferences.js';
import type { Conference, PhoneNumber } from './model.js';
import { pageOf } from './paging.js';
import type { Resources } from './resources.js';

export interface RestApiOptions {
  projectId: string;
  apiToken: string;
  calls: Calls;
  conferences: Conferences;
  numbers: PhoneNumber[];
  resources: Resources;
  /** Milliseconds that a request takes: half before it's handled, half after. */
  latencyMs: () => number;
  /** Told of each request as it arrives, and as it's answered. */
  onRequest(method: string, path: string): void;
  onAnswer(method: string, path: string, status: number): void;
}

const ACCOUNTS = '/api/laml/2010-04-01/Accounts';

const e164 = z.string().regex(/^\+[1-9]\d{4,16}$/, 'must be a phone number in E.164 form');
const method = z.enum(['GET', 'POST']);
const webUrl = z.url({ protocol: /^https?$/, error: 'must be a whole http or https URL' });

const newCall = z.object({ To: e164, From: e164, Url: webUrl, Method: method.default('POST') });
const callUpdate = z.object({ Status: z.enum(['completed', 'canceled']) });
const recordingUpdate = z.object({
  Status: z.enum(['paused', 'in-progress', 'stopped']),
  PauseBehavior: z.enum(['skip', 'silence']).default('silence'),
});
const numberUpdate = z.object({ VoiceUrl: webUrl.or(z.literal('')).optional(), VoiceMethod: method.optional() });

// The filters of each list that the simulator knows; another documented one is refused rather than passed over.
const PAGING = { Page: z.string().optional(), PageSize: z.string().optional(), PageToken: z.string().optional() };
const conferenceFilter = z.strictObject({
  ...PAGING,
  Status: z.enum(['init', 'in-progress', 'completed']).optional(),
  FriendlyName: z.string().optional(),
});
const callFilter = z.strictObject({ ...PAGING, Status: z.string().optional() });
const numberFilter = z.strictObject({ ...PAGING, PhoneNumber: z.string().optional() });
const noFilter = z.strictObject(PAGING);

/** SignalWire's compatibility REST API, as far as conferences need it. Both of its URL forms, with and without `.json`. */
export function createRestApi(options: RestApiOptions): Express {
  const { projectId, apiToken, calls, conferences, numbers, resources, latencyMs, onRequest, onAnswer } = options;
  const credentials = `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const api = express.Router();
  app.use([ACCOUNTS, '/2010-04-01/Accounts'], withoutJsonEnding, api);

  /** Answers with what `handle` returns or throws, with half of the latency before it and half after. */
  function endpoint(handle: (request: Request) => object): RequestHandler {
    return async (request, response) => {
      const { method, path } = request;
      onRequest(method, path);
      const halfMs = latencyMs() / 2;
      await delay(halfMs);
      const { status, body } = outcome(request, handle);
      await delay(halfMs);
      response.status(status).json(body);
      onAnswer(method, path, status);
    };
  }

  function outcome(request: Request, handle: (request: Request) => object): { status: number; body: object } {
    try {
      if (request.get('authorization') !== credentials || request.params.account !== projectId) throw unauthorized();
      return { status: 200, body: handle(request) };
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  const conferenceOf = (request: Request) => conferences.get(sidIn(request, 'conference')) ?? fail(notFound());
  const callOf = (request: Request) => calls.get(sidIn(request, 'call')) ?? fail(notFound());
  const numberOf = (request: Request) =>
    numbers.find(({ sid }) => sid === sidIn(request, 'number')) ?? fail(notFound());
  const participantsOf = ({ participants }: Conference) => [...participants.values()];

  api.get('/:account', endpoint(resources.account));

  api
    .route('/:account/Calls')
    .get(
      endpoint((request) => {
        const { Status } = read(callFilter, request.query);
        const found = calls.all().filter((call) => Status === undefined || call.status === Status);
        return pageOf(urlOf(request), 'calls', found, resources.call);
      }),
    )
    .post(
      form,
      endpoint((request) => {
        const { To, From, Url, Method } = read(newCall, request.body);
        return resources.call(calls.place(From, To, { url: Url, method: Method }));
      }),
    );

  api
    .route('/:account/Calls/:call')
    .get(endpoint((request) => resources.call(callOf(request))))
    .post(
      form,
      endpoint((request) => {
        const call = callOf(request);
        const { Status } = read(callUpdate, request.body);
        if (!calls.end(call, Status)) throw unprocessable('The call is over');
        return resources.call(call);
      }),
    );

  api.get(
    '/:account/Conferences',
    endpoint((request) => {
      const { Status, FriendlyName } = read(conferenceFilter, request.query);
      const found = conferences
        .all()
        .filter(({ status }) => Status === undefined || status === Status)
        .filter(({ name }) => FriendlyName === undefined || name === FriendlyName);
      return pageOf(urlOf(request), 'conferences', found, resources.conference);
    }),
  );
  api.get(
    '/:account/Conferences/:conference',
    endpoint((request) => resources.conference(conferenceOf(request))),
  );

  api.get(
    '/:account/Conferences/:conference/Participants',
    endpoint((request) => {
      read(noFilter, request.query);
      const conference = conferenceOf(request);
      const show = (participant: Parameters<Resources['participant']>[0]) =>
        resources.participant(participant, conference);
      return pageOf(urlOf(request), 'participants', participantsOf(conference), show);
    }),
  );
  api.get(
    '/:account/Conferences/:conference/Participants/:call',
    endpoint((request) => {
      const conference = conferenceOf(request);
      const participant = conference.participants.get(sidIn(request, 'call'));
      return participant ? resources.participant(participant, conference) : fail(notFound());
    }),
  );

  api.get(
    '/:account/Conferences/:conference/Recordings',
    endpoint((request) => {
      read(noFilter, request.query);
      const conference = conferenceOf(request);
      const show = (recording: Parameters<Resources['recording']>[0]) => resources.recording(recording, conference);
      return pageOf(urlOf(request), 'recordings', conference.recordings, show);
    }),
  );
  const recordingOf = (request: Request, conference: Conference) =>
    conference.recordings.find(({ sid }) => sid === sidIn(request, 'recording')) ?? fail(notFound());
  api
    .route('/:account/Conferences/:conference/Recordings/:recording')
    .get(
      endpoint((request) => {
        const conference = conferenceOf(request);
        return resources.recording(recordingOf(request, conference), conference);
      }),
    )
    .post(
      form,
      endpoint((request) => {
        const conference = conferenceOf(request);
        const recording = recordingOf(request, conference);
        const update = recordingUpdate.safeParse(request.body ?? {});
        if (!update.success) throw unchangeable(...update.error.issues.map(sentence));
        const { Status, PauseBehavior } = update.data;
        if (!conferences.updateRecording(conference, recording, Status, PauseBehavior)) {
          throw unchangeable(`The recording is ${recording.status} and can't be changed`);
        }
        return resources.recording(recording, conference);
      }),
    );

  api.get(
    '/:account/IncomingPhoneNumbers',
    endpoint((request) => {
      const { PhoneNumber = '' } = read(numberFilter, request.query);
      // SignalWire takes it for a pattern, so a part of a number finds it.
      const found = numbers.filter(({ phoneNumber }) => phoneNumber.includes(PhoneNumber));
      return pageOf(urlOf(request), 'incoming_phone_numbers', found, resources.phoneNumber);
    }),
  );
  api
    .route('/:account/IncomingPhoneNumbers/:number')
    .get(endpoint((request) => resources.phoneNumber(numberOf(request))))
    .post(
      form,
      endpoint((request) => {
        const number = numberOf(request);
        const { VoiceUrl, VoiceMethod } = read(numberUpdate, request.body);
        if (VoiceUrl !== undefined) number.voiceUrl = VoiceUrl || undefined;
        if (VoiceMethod !== undefined) number.voiceMethod = VoiceMethod;
        number.updatedAt = new Date();
        return resources.phoneNumber(number);
      }),
    );

  api.all(
    '/:account/*elsewhere',
    endpoint(() => fail(notFound())),
  );
  app.use((_request, response) => {
    response.status(404).json(notFound().body);
  });
  app.use(answerError);
  return app;
}

const form = express.urlencoded({ extended: false });

// Express would take the ending for a part of the last parameter.
const withoutJsonEnding: RequestHandler = (request, _response, next) => {
  request.url = request.url.replace(/\.json(?=\?|$)/, '');
  next();
};

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const { body } = refusal(status, status, error instanceof Error ? error.message : String(error));
  response.status(status).json(body);
};

function read<Schema extends z.ZodType>(schema: Schema, parameters: unknown): z.output<Schema> {
  const result = schema.safeParse(parameters ?? {});
  if (!result.success) throw unprocessable(result.error.issues.map(sentence).join('; '));
  return result.data;
}

function sentence({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}`.trim();
}

function sidIn(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

// The links in an answer are in the documented form, whichever form was asked for.
function urlOf(request: Request): URL {
  return new URL(`http://simulator${ACCOUNTS}${request.url}`);
}

function fail(error: Error): never {
  throw error;
}
