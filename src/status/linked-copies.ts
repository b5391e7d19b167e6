import type { Copies } from '../copies/copies.js';

/** What the status shows of the copies that share the work. */
export type LinkedCopies = Pick<Copies, 'id' | 'ids' | 'isLinked' | 'ownerOf'>;
