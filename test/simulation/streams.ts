import { createStream, type Random } from '../../src/simulator/model/random.js';

/** Returns the stream of that name. The same name always returns the same stream, which goes on where it was. */
export type Streams = (name: string) => Random;

export function createStreams(seed: number): Streams {
  const streams = new Map<string, Random>();
  return (name) => {
    const stream = streams.get(name) ?? createStream(seed, name);
    streams.set(name, stream);
    return stream;
  };
}
