// Alerts that a mute holds back: written with the alerts themselves, so that a mute that ends meanwhile
// leaves none behind.
import type { AlertInsert, MuteDelta } from './alert-writer.ts'
import type { Write } from './database.ts'

/** Whether the mute of a row of alerts as JSON (`value`) still holds. */
export const MUTE_HOLDS = `EXISTS (SELECT 1 FROM suppressions s
  WHERE s.number = value->>'mute' AND s.state IN ('active', 'merged'))`

/** The number in a mute's id; undefined for any other text. */
export function suppressionNumber(id: string): number | undefined {
  const digits = /^S-(\d{1,15})$/.exec(id)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export function suppressionId(number: number): string {
  return `S-${number}`
}

/** Writes down which new alerts are held and by what. */
export function insertHeld(write: Write, alerts: readonly AlertInsert[], at: number): void {
  const held = alerts.flatMap(({ number, mute }) =>
    mute === undefined ? [] : [{ number, id: mute, mute: suppressionNumber(mute) ?? 0 }],
  )
  if (held.length === 0) return
  const rows = JSON.stringify(held)
  write.add(
    `INSERT INTO held_alerts (alert, suppression)
     SELECT value->>'number', value->>'mute' FROM json_each(?) WHERE ${MUTE_HOLDS}`,
    [rows],
  )
  write.add(
    `INSERT INTO alert_activity (alert, at, who, what, after)
     SELECT value->>'number', ?, 'detection', 'mute', value->>'id' FROM json_each(?)
     WHERE ${MUTE_HOLDS}`,
    [at, rows],
  )
}

/** Adds to what mutes held back. */
export function countMutes(write: Write, mutes: ReadonlyMap<string, MuteDelta>): void {
  if (mutes.size === 0) return
  const rows = [...mutes].map(([id, { matches, last }]) => [suppressionNumber(id), matches, last])
  write.add(
    `UPDATE suppressions SET matches = matches + (e.value->>1),
       last = max(coalesce(last, 0), e.value->>2)
     FROM json_each(?) e WHERE number = e.value->>0`,
    [JSON.stringify(rows)],
  )
}
