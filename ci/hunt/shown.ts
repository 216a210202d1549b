const SHOWN_UNITS_MAX = 200

/** Text of a log for a terminal: control characters never reach it. */
export function shown(text: string): string {
  return text.slice(0, SHOWN_UNITS_MAX).replace(/\p{Cc}+/gu, ' ')
}
