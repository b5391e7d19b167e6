/** Parses Prometheus' text format. Returns the service's own samples by name and labels, without those of its process. */
export function ownSamples(text: string): Record<string, number> {
  const samples = text.split('\n').filter((line) => line.startsWith('recorder_'));
  return Object.fromEntries(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice('recorder_'.length, space), Number(line.slice(space))];
    }),
  );
}

/** The samples of corrections if there were none. A correction is a pause or resume that no callback asked for. */
export const NO_CORRECTIONS = {
  'corrections_total{action="pause",found_by="resync"}': 0,
  'corrections_total{action="resume",found_by="resync"}': 0,
  'corrections_total{action="pause",found_by="settling read"}': 0,
  'corrections_total{action="resume",found_by="settling read"}': 0,
};
