import { expect, it } from 'vitest';
import { howToHangUp } from '../../src/cli/still-alive.js';

const SPACE = 'https://example.signalwire.com';

it('says how to end the calls that SignalWire does not confirm to be over, without secrets', () => {
  expect(howToHangUp({ callSids: ['c1', 'c2'], mayRing: [] }, SPACE)).toBe(
    `SignalWire did not confirm that these calls are over. Hang up the phones, or end the calls:
  curl -u "$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN" -d Status=completed \\
    "https://example.signalwire.com/api/laml/2010-04-01/Accounts/$SIGNALWIRE_PROJECT_ID/Calls/c1"
  curl -u "$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN" -d Status=completed \\
    "https://example.signalwire.com/api/laml/2010-04-01/Accounts/$SIGNALWIRE_PROJECT_ID/Calls/c2"`,
  );
});

it('says which phone may ring', () => {
  expect(howToHangUp({ callSids: [], mayRing: ['+15551230002'] }, SPACE)).toBe(
    "SignalWire did not say whether it called +15551230002. If that phone rings, don't answer it; if it was answered, hang it up.",
  );
});

it('says nothing if every call is over', () => {
  expect(howToHangUp({ callSids: [], mayRing: [] }, SPACE)).toBeUndefined();
});
