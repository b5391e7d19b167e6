import { createServer } from 'node:http';
import { RestClient } from '@signalwire/compatibility-api';
import express, { type Request } from 'express';
import { listen } from '../../src/http/server.js';

/** A simulated space, as the guide's design is told of it. */
export interface Space {
  url: string;
  projectId: string;
  apiToken: string;
}

/**
 * The design of SignalWire's guide "Updating Conference Recordings", in TypeScript and nothing added: it acts on each
 * callback as it comes, remembers recordings in memory, asks SignalWire before it answers, and checks no signature. Only
 * the room is by `?room=`, so that several conferences can go on.
 *
 * @param publicUrl where the callbacks are to go
 * @param port where it listens
 */
export async function startGuide(space: Space, publicUrl: string, port: number): Promise<void> {
  const client = createApi(space);
  const recordings = new Map<string, { sid: string; isPaused: boolean }>();
  const app = express();
  app.use(express.urlencoded({ extended: false }));

  app.post('/inbound', (request, response) => {
    const laml = new RestClient.LaML.VoiceResponse();
    laml.dial().conference(
      {
        record: 'record-from-start',
        startConferenceOnEnter: true,
        statusCallback: `${publicUrl}/callback`,
        statusCallbackEvent: ['join', 'leave'],
        recordingStatusCallback: `${publicUrl}/store_recording_sid`,
        recordingStatusCallbackEvent: ['in-progress'],
        trim: 'do-not-trim',
      },
      `recorded-${request.query.room}`,
    );
    response.type('text/xml').send(laml.toString());
  });

  app.post('/store_recording_sid', ({ body }: Request, response) => {
    recordings.set(body.ConferenceSid, { sid: body.RecordingSid, isPaused: false });
    response.sendStatus(200);
  });

  app.post('/callback', async ({ body }: Request, response) => {
    const recording = recordings.get(body.ConferenceSid);
    if (recording) {
      const conference = client.conferences(body.ConferenceSid);
      const people = (await conference.participants.list()).length;
      const hasLeft = body.StatusCallbackEvent === 'participant-leave';
      if (hasLeft && people < 2 && !recording.isPaused) {
        await conference.recordings(recording.sid).update({ status: 'paused', pauseBehavior: 'skip' });
        recording.isPaused = true;
      } else if (!hasLeft && people >= 2 && recording.isPaused) {
        await conference.recordings(recording.sid).update({ status: 'in-progress' });
        recording.isPaused = false;
      }
    }
    response.sendStatus(200);
  });

  // Without this Express prints a trace for each request to SignalWire that fails.
  app.use(((_error, _request, response, _next) => response.sendStatus(500)) satisfies express.ErrorRequestHandler);

  await listen(createServer(app), port, '127.0.0.1');
}

/** SignalWire's SDK as it comes, but for the address: it knows https alone. */
function createApi({ url, projectId, apiToken }: Space): ReturnType<typeof RestClient> {
  const client = RestClient(projectId, apiToken, { signalwireSpaceUrl: new URL(url).host });
  Object.assign(client.api, { baseUrl: url });
  return client;
}
