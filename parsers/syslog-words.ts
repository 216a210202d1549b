// Facility and severity as words in a line, as BusyBox (`auth.info`), OpenWrt and AIX (`auth|security:info`) write them.

/** Names of the facilities, in order of their numbers. */
export const FACILITIES: readonly string[] = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron'],
  ...['authpriv', 'ftp', 'ntp', 'security', 'console', 'solaris-cron', 'local0', 'local1'],
  ...['local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
]

const SEVERITIES: Readonly<Record<string, number>> = {
  ...{ emerg: 0, panic: 0, alert: 1, crit: 2, err: 3, error: 3, warn: 4, warning: 4 },
  ...{ notice: 5, info: 6, debug: 7 },
}

const LEVELS: ReadonlyMap<string, number> = new Map(Object.entries(SEVERITIES))

/** Longest such word, UTF-16 units. */
export const WORDED_UNITS_MAX = 24
const PRIORITIES: ReadonlyMap<string, number> = new Map(
  FACILITIES.flatMap((facility, number) =>
    Object.entries(SEVERITIES).flatMap(([word, level]) =>
      [`${facility}.${word}`, `${facility}:${word}`, `${facility}|security:${word}`].map(
        (name) => [name, number * 8 + level] as const,
      ),
    ),
  ),
)

/** Facility * 8 + severity of a word such as `auth.info`; undefined for any other word. */
export function wordedPriority(word: string): number | undefined {
  return PRIORITIES.get(word)
}

/** The severity's number of a word such as `notice`; undefined for any other word. */
export function wordedLevel(word: string): number | undefined {
  return LEVELS.get(word)
}
