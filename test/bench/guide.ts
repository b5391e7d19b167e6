import { createServer } from 'node:http';
import { RestClient } from '@signalwire/compatibility-api';
import express, { type Request } from 'express';
import { listen } from '../../src/http/server.js';

/** The simulated space that the guide's design uses. */
export interface Space {
  url: string;
  projectId: string;
  apiToken: string;
}

/**
 * Starts the design of SignalWire's guide "Updating Conference Recordings", in TypeScript. It acts on each callback as it arrives,
 * keeps recordings in memory, sends requests to SignalWire before it answers, and checks no signature. The only addition is
 * `?room=`, which makes several conferences possible.
 *
 * @param publicUrl where SignalWire sends its callbacks
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

  // Without this, Express prints a stack trace for each failed request to SignalWire.
  app.use(((_error, _request, response, _next) => response.sendStatus(500)) satisfies express.ErrorRequestHandler);

  await listen(createServer(app), port, '127.0.0.1');
}

/** Creates a client of SignalWire's SDK. Its base URL is replaced, because the SDK supports only https. */
function createApi({ url, projectId, apiToken }: Space): ReturnType<typeof RestClient> {
  const client = RestClient(projectId, apiToken, { signalwireSpaceUrl: new URL(url).host });
  Object.assign(client.api, { baseUrl: url });
  return client;
}
