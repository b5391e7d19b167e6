import { expect, it, vi } from 'vitest';
import { announceTo } from '../../src/recorder-events.js';
import { keepLog } from '../support/service-beside-simulator.js';

it('a listener that throws is logged, and does no harm to the one who announces, nor to other listeners', () => {
  const { log, lines } = keepLog();
  const broken = () => {
    throw new Error('no');
  };
  const other = vi.fn();
  announceTo([broken, other], log)({ what: 'discovered' });
  expect(other).toHaveBeenCalledWith({ what: 'discovered' });
  expect(lines).toEqual([expect.objectContaining({ level: 50, msg: 'a listener failed', announcement: 'discovered' })]);
});
