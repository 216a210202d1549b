// Bounds of what is put together out of lines.

/** Longest text that is put together, UTF-16 units; what is longer comes out in parts. */
export const FRAME_UNITS_MAX = 1024 * 1024
