import { type Random, streamOf } from '../../src/simulator/model/random.js';

/** The streams of a seed, by name; each is drawn from on and on. */
export type Streams = (name: string) => Random;

export function createStreams(seed: number): Streams {
  const streams = new Map<string, Random>();
  return (name) => {
    const stream = streams.get(name) ?? streamOf(seed, name);
    streams.set(name, stream);
    return stream;
  };
}
