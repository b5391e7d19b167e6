import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createViews } from '../../src/simulator/model/views.js';
import { createPage } from '../../src/simulator/rest-api/paging.js';
import { createRepresentations } from '../../src/simulator/rest-api/representations.js';
import type { Simulator } from '../../src/simulator/simulator.js';

/** `/Conferences`, and what may follow it: a conference's SID, and its participants or one of its recordings. */
const PATH = /\/Conferences(?:\/([^/.]+)\/(Participants|Recordings)(?:\/([^/.]+))?)?(?:\.json)?$/;

/**
 * Serves the few requests that the service sends all the time from the simulator's model, with the simulator's answers, but without
 * Express, so that a space with many conferences takes less time than the service. Anything else is an error.
 *
 * @param latencyMs how long a request takes; half of it passes before the request is handled, half after. The simulator's event
 *   `request` is emitted in between.
 */
export function createQuickApi(simulator: Simulator, latencyMs: number): RequestListener {
  const { model, projectId, apiToken, events } = simulator;
  const views = createViews(model);
  const representations = createRepresentations(projectId, model.now);
  const credentials = `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`;

  function answerTo(method: string, url: URL, form: URLSearchParams): object {
    const [, sid, kind, recordingSid] = PATH.exec(url.pathname) ?? fail(`${method} ${url.pathname} is not served`);
    const listRequest = { url: url.pathname.slice(url.pathname.indexOf(projectId) - 1) + url.search };
    if (sid === undefined) {
      const status = url.searchParams.get('Status') === 'init' ? 'init' : 'in-progress';
      const listed = views.listConferences(status);
      const items = listed.map((view) => ({
        ordinal: view.conference.ordinal,
        represent: () => representations.conference(view),
      }));
      return createPage(listRequest, 'conferences', items);
    }
    if (kind === 'Participants') {
      const listed = views.listParticipants(sid) ?? fail('an unknown conference');
      const items = listed.map((view) => ({
        ordinal: view.participant.ordinal,
        represent: () => representations.participant(view),
      }));
      return createPage(listRequest, 'participants', items);
    }
    if (recordingSid === undefined) {
      const listed = views.listRecordings(sid) ?? fail('an unknown conference');
      const items = listed.map((view) => ({
        ordinal: view.recording.ordinal,
        represent: () => representations.recording(view, 'conference'),
      }));
      return createPage(listRequest, 'recordings', items);
    }
    if (method === 'POST') {
      const { recording, conference } = views.findRecordingToUpdate(sid, recordingSid) ?? fail('an unknown recording');
      const status = form.get('Status') === 'paused' ? 'paused' : 'in-progress';
      if (!model.updateRecording(conference, recording, status, 'skip')) fail('an update that changes nothing');
      return representations.recording(views.viewUpdatedRecording(recording, conference), 'conference');
    }
    return representations.recording(
      views.findRecording(sid, recordingSid) ?? fail('an unknown recording'),
      'conference',
    );
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== credentials) fail('a request without our credentials');
    const { method = '' } = request;
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const url = new URL(`http://space${request.url}`);
    setTimeout(() => {
      events.emit('request', { method, path: url.pathname });
      const answer = JSON.stringify(answerTo(method, url, new URLSearchParams(Buffer.concat(body).toString())));
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
        response.end(answer);
      }, latencyMs / 2);
    }, latencyMs / 2);
  }

  return (request, response) => void handle(request, response);
}

function fail(reason: string): never {
  throw new Error(`The space received ${reason}.`);
}
