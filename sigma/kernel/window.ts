// A window on the caller's bytes in a kernel's memory: copied in large pieces, so that lines are not copied one by one.

import { WINDOW } from './places.ts'

export const WINDOW_BYTES = 256 * 1024

/** Longest line of a window, bytes. */
export const LINE_BYTES_MAX = 64 * 1024

/** What of the caller's bytes is in the window. */
export interface Window {
  turn: number
  start: number
  end: number
}

export function createWindow(): Window {
  return { turn: -1, start: 0, end: 0 }
}

/**
 * Brings the bytes from `start` to `end` into `memory`; what is to be added to their positions there. `turn` is another
 * number whenever the bytes are others.
 */
export function bringIn(
  window: Window,
  memory: Uint8Array,
  bytes: Uint8Array,
  turn: number,
  start: number,
  end: number,
): number {
  if (turn !== window.turn || start < window.start || end > window.end) {
    window.turn = turn
    window.start = start
    window.end = Math.min(bytes.length, start + WINDOW_BYTES)
    memory.set(bytes.subarray(window.start, window.end), WINDOW)
  }
  return WINDOW - window.start
}
