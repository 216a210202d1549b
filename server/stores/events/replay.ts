// Recovery: what the intake has and the day files have not goes back into the buffers, under the same numbers.
import type { Database } from 'bun:sqlite'
import { blockLines, readBlock } from './block.ts'
import { addChunk, addMatch } from './buffer.ts'
import type { Days } from './days.ts'
import { parseId } from './id.ts'
import { isApplied, readChunk, readChunkRanges } from './intake-read.ts'
import { decodeLine } from './line.ts'
import type { Sealer } from './sealer.ts'

/** Refills the buffers; returns how many events. Seals on the way, so that memory stays bounded. */
export function replayIntake(intake: Database, days: Days, sealer: Sealer): number {
  let events = 0
  for (const range of readChunkRanges(intake)) {
    const day = days.of(range.day)
    const buffer = range.late ? day.late : day.live
    if (isApplied(range, { live: day.live.applied, late: day.late.applied })) {
      sealer.noteSealed([range.seq], range.at)
      continue
    }
    const { data } = readChunk(intake, range.seq)!
    const bytes = readBlock(data).length
    const chunk = { ...range, bytes, data: data as Uint8Array<ArrayBuffer> }
    addChunk(buffer, chunk, blockLines(data).map(decodeLine), range.at)
    for (const match of matchesOfChunk(intake, range.seq)) addMatch(buffer, match)
    events += range.count
    sealer.sealFull()
  }
  return events
}

function matchesOfChunk(intake: Database, seq: number) {
  const rows = intake
    .query(
      'SELECT event_id AS eventId, rule_id AS ruleId, rule_hash AS ruleHash FROM matches WHERE chunk = ?',
    )
    .all(seq) as { eventId: string; ruleId: string; ruleHash: string }[]
  return rows.map(({ eventId, ruleId, ruleHash }) => ({
    number: parseId(eventId)!.number,
    ruleId,
    ruleHash,
  }))
}
