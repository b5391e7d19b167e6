import type { StillAlive } from '../rehearsal/placed-calls.js';

/** Says how to end the calls that may still be alive. Undefined if none is. */
export function howToHangUp({ callSids, mayRing }: StillAlive, spaceUrl: string): string | undefined {
  const commands = callSids.map(
    (sid) =>
      `  curl -u "$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN" -d Status=completed \\\n` +
      `    "${spaceUrl}/api/laml/2010-04-01/Accounts/$SIGNALWIRE_PROJECT_ID/Calls/${sid}"`,
  );
  const known =
    commands.length === 0
      ? []
      : ['SignalWire did not confirm that these calls are over. Hang up the phones, or end the calls:', ...commands];
  const unknown = mayRing.map(
    (phone) =>
      `SignalWire did not say whether it called ${phone}. If that phone rings, don't answer it; if it was answered, hang it up.`,
  );
  return [...known, ...unknown].join('\n') || undefined;
}
