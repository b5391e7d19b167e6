/** The service's own samples in Prometheus' text format, by name and labels, without those of its process. */
export function ownSamples(text: string): Record<string, number> {
  const samples = text.split('\n').filter((line) => line.startsWith('recorder_'));
  return Object.fromEntries(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice('recorder_'.length, space), Number(line.slice(space))];
    }),
  );
}

/** What is counted of pauses and resumes that no callback asked for, where there were none. */
export const NO_CORRECTIONS = {
  'corrections_total{action="pause",found_by="resync"}': 0,
  'corrections_total{action="resume",found_by="resync"}': 0,
  'corrections_total{action="pause",found_by="settling read"}': 0,
  'corrections_total{action="resume",found_by="settling read"}': 0,
};
