import { expect, it, vi } from 'vitest';
import { emitTo } from '../../src/recorder-events.js';
import { keepLog } from '../support/log.js';

it('an error of a listener is logged, and affects neither the emitter nor the other listeners', () => {
  const { log, lines } = keepLog();
  const broken = () => {
    throw new Error('no');
  };
  const other = vi.fn();
  emitTo([broken, other], log)({ type: 'conferences-listed' });
  expect(other).toHaveBeenCalledWith({ type: 'conferences-listed' });
  expect(lines).toEqual([
    expect.objectContaining({ level: 'error', msg: 'an event listener failed', event: 'conferences-listed' }),
  ]);
});
