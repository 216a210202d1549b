import type { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatId } from './id.ts'
import { insertChunk, openIntake } from './intake.ts'
import {
  type ChunkMatch,
  countMatchesAfter,
  dropMatches,
  insertMatches,
  type MatchChunk,
  readChunkMatches,
  readIntakeMatches,
  readMatchesAfter,
  readMatchSequence,
} from './intake-matches.ts'

const DAY = '20261121'
let folder: string
let db: Database

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-matches-'))
  db = openIntake(folder)
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

function match(number: number, over: Partial<ChunkMatch> = {}): ChunkMatch {
  return {
    number,
    ruleId: 'rule-1',
    ruleHash: 'hash-1',
    time: 1000 + number,
    ingested: 2000,
    source: 'app',
    pivots: { host: `web-${number}` },
    ...over,
  }
}

/** A chunk of ten events in the intake, with its matches. */
function chunk(first: number, matches: readonly ChunkMatch[]): MatchChunk {
  const row = { day: DAY, late: false, first, count: 10, oldest: 0, newest: 0 }
  const seq = insertChunk(db, { ...row, data: new Uint8Array(1) }, 0)
  return { chunk: seq, day: DAY, from: first, to: first + 9, matches }
}

describe('matches of the intake', () => {
  test('are read past any sequence, up to a limit, each once', () => {
    const all = [3, 3, 7, 9].map((number, n) => match(number, { ruleId: `r${n}` }))
    insertMatches(db, [chunk(0, all), chunk(10, [match(12), match(19)]), chunk(20, [match(20)])])
    for (let after = 0; after <= 8; after++) {
      for (let limit = 1; limit <= 8; limit++) {
        const found = readMatchesAfter(db, after, limit).map(({ sequence }) => sequence)
        const wanted = [1, 2, 3, 4, 5, 6, 7].filter((n) => n > after).slice(0, limit)
        expect(found).toEqual(wanted)
      }
      expect(countMatchesAfter(db, after)).toBe(Math.max(0, 7 - after))
    }
  })

  test('hold the event, the rule as it stood, and the keys', () => {
    const changed = match(4, { ruleHash: 'hash-2', keys: { Image: 'x', host: 'by rule' } })
    insertMatches(db, [chunk(0, [match(4), changed])])
    const common = { eventId: formatId(DAY, 4), ruleId: 'rule-1', time: 1004, ingested: 2000 }
    expect(readMatchesAfter(db, 0, 10)).toEqual([
      { ...common, sequence: 1, ruleHash: 'hash-1', source: 'app', keys: { host: 'web-4' } },
      {
        ...common,
        sequence: 2,
        ruleHash: 'hash-2',
        source: 'app',
        keys: { host: 'by rule', Image: 'x' },
      },
    ])
  })

  test('are found by event and by chunk', () => {
    const one = chunk(0, [match(4), match(4, { ruleId: 'rule-2' }), match(6)])
    insertMatches(db, [one, chunk(10, []), chunk(20, [match(25)])])
    expect(readIntakeMatches(db, formatId(DAY, 4))).toEqual(['rule-1', 'rule-2'])
    expect(readIntakeMatches(db, formatId(DAY, 5))).toEqual([])
    expect(readIntakeMatches(db, formatId(DAY, 14))).toEqual([])
    expect(readIntakeMatches(db, formatId(DAY, 25))).toEqual(['rule-1'])
    expect(readIntakeMatches(db, formatId('20261120', 4))).toEqual([])
    expect(readChunkMatches(db, one.chunk).map(({ number }) => number)).toEqual([4, 4, 6])
    expect(readChunkMatches(db, one.chunk + 1)).toEqual([])
  })

  test('leave when all of a chunk are acknowledged and its events are sealed', () => {
    insertMatches(db, [chunk(0, [match(1), match(2)]), chunk(10, [match(11)])])
    dropMatches(db, 3)
    expect(readMatchesAfter(db, 0, 10)).toHaveLength(3)
    db.run('DELETE FROM chunks')
    dropMatches(db, 1)
    expect(readMatchesAfter(db, 0, 10)).toHaveLength(3)
    dropMatches(db, 2)
    expect(readMatchesAfter(db, 0, 10).map(({ sequence }) => sequence)).toEqual([3])
  })

  test('never get a sequence that was given before', () => {
    insertMatches(db, [chunk(0, [match(1), match(2)])])
    db.run('DELETE FROM chunks')
    dropMatches(db, 2)
    db.close()
    db = openIntake(folder)
    expect(readMatchSequence(db)).toBe(2)
    insertMatches(db, [chunk(10, [match(11)])])
    expect(readMatchesAfter(db, 0, 10).map(({ sequence }) => sequence)).toEqual([3])
  })
})
