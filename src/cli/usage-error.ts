/** An argument or a setting is wrong, and nothing was sent. */
export class UsageError extends Error {}
