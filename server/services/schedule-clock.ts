// When work is due. Slots are fixed points of the clock, shifted for each work so that many of the same
// interval do not start at once; a clock that jumps moves slots, never what a run covers.
import type { Schedule, Work } from '../stores/state/runs.ts'

/** How far a work's slots are shifted, milliseconds: from its name, so that it is the same everywhere. */
export function phaseOf({ kind, id }: Work, interval_ms: number): number {
  return Number(Bun.hash(`${kind}\0${id}`) % BigInt(interval_ms))
}

/** The first slot after `now`. */
export function nextSlot(work: Work, interval_ms: number, now: number): number {
  const phase = phaseOf(work, interval_ms)
  return phase + (Math.floor((now - phase) / interval_ms) + 1) * interval_ms
}

/** Due, or further ahead than an interval: then it was planned by a clock that was wrong. */
export function isDue({ nextRunAt, interval_ms }: Schedule, now: number): boolean {
  if (nextRunAt === undefined) return false
  return nextRunAt <= now || nextRunAt - (interval_ms ?? 0) > now
}

/** More than one slot passed: the server was down, or too slow. */
export function isCatchUp({ nextRunAt, interval_ms }: Schedule, now: number): boolean {
  return nextRunAt !== undefined && interval_ms !== undefined && now - nextRunAt >= interval_ms
}

/** A map's key for a work. */
export function keyOf({ kind, id }: Work): string {
  return `${kind}\0${id}`
}

const UNITS_MS = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 } as const

/** `15m` in milliseconds; undefined for what is no duration. */
export function durationOf(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  return unit === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
}
