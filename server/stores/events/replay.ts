// Recovery: what the intake has and the day files have not goes back into the buffers, under the same numbers.
import type { Database } from 'bun:sqlite'
import { blockLines, readBlock } from './block.ts'
import { addChunk, addMatch } from './buffer.ts'
import type { Days } from './days.ts'
import { readChunkMatches } from './intake-matches.ts'
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
      sealer.noteSealed(range.seq, 0, range.at)
      continue
    }
    const { data } = readChunk(intake, range.seq)!
    const bytes = readBlock(data).length
    const chunk = { ...range, bytes, data: data as Uint8Array<ArrayBuffer> }
    addChunk(buffer, chunk, blockLines(data).map(decodeLine), range.at)
    for (const match of readChunkMatches(intake, range.seq)) addMatch(buffer, match)
    events += range.count
    sealer.sealFull()
  }
  return events
}
