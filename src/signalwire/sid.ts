/**
 * A SID. SignalWire's OpenAPI document has UUIDs; upper case and a prefix are accepted too (assumed). No SID that matches can
 * change the meaning of a URL that it is put into.
 */
export const SID = /^[\w-]{1,64}$/;
