import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/conferences/registry.js';

describe('the Map of conferences', () => {
  it('tracks a conference once, and learns its name when somebody says it', () => {
    const registry = createRegistry('recorded-');
    const first = registry.track('one');
    expect(first.name).toBeUndefined();
    expect(registry.track('one', 'recorded-sales')).toBe(first);
    expect(first.name).toBe('recorded-sales');
    expect(registry.size).toBe(1);
  });

  it('forgets a conference', () => {
    const registry = createRegistry('recorded-');
    registry.track('one');
    registry.forget('one');
    expect(registry.get('one')).toBeUndefined();
    expect(registry.size).toBe(0);
  });

  it('does not mind forgetting what it never knew', () => {
    expect(() => createRegistry('recorded-').forget('nobody')).not.toThrow();
  });
});

describe('the open room', () => {
  it("is named by the first caller and shared by later ones, until that room's conference ends", () => {
    const registry = createRegistry('recorded-');
    expect(registry.roomFor('first')).toBe('recorded-first');
    expect(registry.roomFor('second')).toBe('recorded-first');
    registry.track('one', 'recorded-first');
    registry.forget('one');
    expect(registry.roomFor('third')).toBe('recorded-third');
  });

  it('closes also when only the end of its conference was heard of', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.forget('one', 'recorded-first');
    expect(registry.roomFor('second')).toBe('recorded-second');
  });

  it('stays open when another conference ends', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.forget('two', 'recorded-sales');
    expect(registry.roomFor('second')).toBe('recorded-first');
  });

  it('stays open when the end comes late, and the next conference of that name goes on already', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.track('one', 'recorded-first');
    registry.track('two', 'recorded-first');
    registry.forget('one');
    expect(registry.roomFor('second')).toBe('recorded-first');
  });

  it('opens again when a caller who was sent there before the end starts another conference of that name', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.track('one', 'recorded-first');
    registry.forget('one');
    registry.track('two', 'recorded-first');
    expect(registry.roomFor('second')).toBe('recorded-first');
  });

  it('is not opened again by a callback of a conference that is over', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.track('one', 'recorded-first');
    registry.forget('one');
    registry.track('one', 'recorded-first');
    expect(registry.roomFor('second')).toBe('recorded-second');
  });

  it('stays open for those in its next conference when a late callback of the last one is followed up', () => {
    const registry = createRegistry('recorded-');
    registry.roomFor('first');
    registry.track('one', 'recorded-first');
    registry.forget('one');
    registry.track('two', 'recorded-first');
    registry.track('one', 'recorded-first');
    registry.forget('one');
    expect(registry.roomFor('second')).toBe('recorded-first');
  });

  it('can be one that was open before a restart, but not in place of one that is open', () => {
    const registry = createRegistry('recorded-');
    registry.reopenRoom('recorded-before');
    registry.reopenRoom('recorded-other');
    expect(registry.roomFor('first')).toBe('recorded-before');
  });
});
