import type { Simulator } from '../../src/simulator/simulator.js';
import type { Certificate } from './certificate.js';
import { type DelayLine, startDelayLine } from './delay-line.js';
import { openSpace } from './space.js';

/** A space, and the connection to it. */
export interface Stage {
  simulator: Simulator;
  line: DelayLine;
  url: string;
  certificate: Certificate;
  /** The environment of a process that is to trust the certificate. */
  trust: { NODE_EXTRA_CA_CERTS: string };
  roundTripMs: number;
}

/** Opens a space over TLS with that round trip, and closes it when `play` has settled. */
export async function besideSpace<Result>(
  certificate: Certificate,
  roundTripMs: number,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const simulator = await openSpace({ tls: certificate });
  const line = await startDelayLine(Number(new URL(simulator.url).port), roundTripMs);
  const url = `https://localhost:${line.port}`;
  const trust = { NODE_EXTRA_CA_CERTS: certificate.path };
  try {
    return await play({ simulator, line, url, certificate, trust, roundTripMs });
  } finally {
    line.close();
    await simulator.close();
  }
}
