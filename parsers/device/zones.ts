// Abbreviations of time zones that devices write behind a local time. Only those that one zone uses in logs
// of network devices; any other is left to the context's zone.

const HOUR_MIN = 60

/** Minutes ahead of UTC by abbreviation. */
const OFFSETS_MIN: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['Z', 0],
  ['WET', 0],
  ['WEST', HOUR_MIN],
  ['BST', HOUR_MIN],
  ['CET', HOUR_MIN],
  ['MET', HOUR_MIN],
  ['CEST', 2 * HOUR_MIN],
  ['MEST', 2 * HOUR_MIN],
  ['EET', 2 * HOUR_MIN],
  ['SAST', 2 * HOUR_MIN],
  ['EEST', 3 * HOUR_MIN],
  ['MSK', 3 * HOUR_MIN],
  ['SGT', 8 * HOUR_MIN],
  ['HKT', 8 * HOUR_MIN],
  ['AWST', 8 * HOUR_MIN],
  ['JST', 9 * HOUR_MIN],
  ['KST', 9 * HOUR_MIN],
  ['AEST', 10 * HOUR_MIN],
  ['AEDT', 11 * HOUR_MIN],
  ['NZST', 12 * HOUR_MIN],
  ['NZDT', 13 * HOUR_MIN],
  ['EST', -5 * HOUR_MIN],
  ['EDT', -4 * HOUR_MIN],
  ['CST', -6 * HOUR_MIN],
  ['CDT', -5 * HOUR_MIN],
  ['MST', -7 * HOUR_MIN],
  ['MDT', -6 * HOUR_MIN],
  ['PST', -8 * HOUR_MIN],
  ['PDT', -7 * HOUR_MIN],
  ['AKST', -9 * HOUR_MIN],
  ['AKDT', -8 * HOUR_MIN],
  ['HST', -10 * HOUR_MIN],
  ['BRT', -3 * HOUR_MIN],
])

/** Length of the longest abbreviation. */
export const ZONE_UNITS_MAX = Math.max(...[...OFFSETS_MIN.keys()].map(({ length }) => length))

/** Minutes ahead of UTC of an abbreviation in capitals (`CET`), or undefined. */
export function zoneOffsetMinutes(name: string): number | undefined {
  return OFFSETS_MIN.get(name)
}
