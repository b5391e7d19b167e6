/**
 * A SID as SignalWire may write one. Its OpenAPI document has UUIDs; capitals and a prefix before them are taken, too
 * (assumed). Nothing in it can change the meaning of a URL that it's put into.
 */
export const SID = /^[\w-]{1,64}$/;
