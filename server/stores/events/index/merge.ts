// Merges groups of one index file into one, bucket by bucket of the new group, so that only the buckets that
// feed it are in memory. Words keep the order in which they first came. It goes by steps, and the old groups
// are what searches see until the last.
import type { Database } from 'bun:sqlite'
import { mergeGrams, packGrams } from './grams.ts'
import {
  CLASSES,
  type GroupField,
  type GroupInfo,
  type GroupMessage,
  keyRow,
  takeGroup,
} from './layout.ts'
import { readLeftover, setLeftover } from './leftover.ts'
import { mergeClass } from './merge-class.ts'
import { mergeColumns } from './merge-columns.ts'
import { appendPosting, type Posting, startPosting } from './merge-postings.ts'
import { createOutput, reserve } from './output.ts'
import { writeVarint } from './postings.ts'
import { type GroupReader, openGroup, readBody } from './read.ts'
import { bucketBits, type GroupRows, groupRows } from './write.ts'

/** A group being merged: its docs move up by `base`, its fields get new ordinals. */
export interface Source {
  readonly group: GroupReader
  readonly base: number
  readonly fieldOf: readonly number[]
}

/**
 * Replaces groups by one that covers the same segments, in steps of some milliseconds; take each inside a
 * transaction, any number in one. Until the last step the new group is left over, from then on the old
 * ones are. `isLast`: the new group is too large to be merged again.
 */
export function* mergeGroups(
  db: Database,
  ids: readonly number[],
  isLast: boolean,
): Generator<void, number> {
  const groups = ids.map((id) => openGroup(db, id))
  const fields = mergeFields(groups)
  const target = takeGroup(db)
  setLeftover(db, [...readLeftover(db), target])
  const rows = groupRows(db, target)
  let base = 0
  const sources = groups.map((group, at): Source => {
    const source = { group, base, fieldOf: fields.fieldOf[at]! }
    base += group.info.docs
    return source
  })
  const info = mergedInfo(sources, base, fields.merged)
  const columns = yield* mergeColumns(db, sources, isLast, rows.column)
  yield* mergeKeys(db, sources, info, rows)
  const terms: number[] = []
  for (const [wordClass, bit] of info.bits.entries()) {
    terms.push(yield* mergeClass(db, sources, wordClass, bit, base, rows))
  }
  rows.finish({ ...info, columns, terms })
  for (const id of ids) db.query('DELETE FROM groups WHERE id = ?').run(id)
  setLeftover(db, [...readLeftover(db).filter((id) => id !== target), ...ids])
  return target
}

/** All but the columns; there may be fewer words than it says. */
function mergedInfo(
  sources: readonly Source[],
  docs: number,
  fields: readonly GroupField[],
): GroupInfo {
  const groups = sources.map(({ group }) => group)
  const terms = Array.from({ length: CLASSES }, (_, wordClass) =>
    groups.reduce((sum, { info }) => sum + info.terms[wordClass]!, 0),
  )
  return {
    segments: sources.flatMap(({ group, base }) =>
      group.info.segments.map((run) => ({ ...run, doc: run.doc + base })),
    ),
    docs,
    events: groups.reduce((sum, { info }) => sum + info.events, 0),
    fields,
    columns: [],
    message: mergeMessage(sources),
    terms,
    bits: terms.map((count, wordClass) =>
      Math.max(bucketBits(count), ...groups.map(({ info }) => info.bits[wordClass]!)),
    ),
    always: sources.flatMap(({ group, base }) => group.info.always.map((doc) => doc + base)),
    grams: packGrams(mergeGrams(groups.map(({ info }) => info))),
  }
}

/** Exact only where every group that has one of the fields says that it holds messages alone. */
function mergeMessage(sources: readonly Source[]): GroupMessage {
  const fields = new Set(
    sources.flatMap(({ group, fieldOf }) => group.info.message.fields.map((at) => fieldOf[at]!)),
  )
  const exact = sources.every(({ group, fieldOf }) => {
    const own = new Set(group.info.message.fields)
    return (
      group.info.message.exact &&
      fieldOf.every((field, at) => at < 2 || !fields.has(field) || own.has(at))
    )
  })
  return { fields: [...fields], exact }
}

function mergeFields(groups: readonly GroupReader[]) {
  const merged: GroupField[] = []
  const ordinals = new Map<string, number>()
  const fieldOf = groups.map(({ info }) => {
    const seen = new Map<string, number>()
    return info.fields.map((field, at) => {
      // The message and the raw text come first and have no key. Two keys of one group may spell the
      // same path (`a.b` and `a` over `b`): they stay two, an event can have both.
      const like = at < 2 ? `${at}` : JSON.stringify([field.path, field.inRaw, field.keyWords])
      const nth = seen.get(like) ?? 0
      seen.set(like, nth + 1)
      const key = `${nth} ${like}`
      const known = ordinals.get(key)
      if (known === undefined) {
        ordinals.set(key, merged.length)
        return merged.push(field) - 1
      }
      const before = merged[known]!
      merged[known] = {
        ...field,
        events: before.events + field.events,
        emptied: before.emptied || field.emptied,
        words: before.words && field.words,
      }
      return known
    })
  })
  return { merged, fieldOf }
}

/** Docs that have each field; none is stored for fields that every event has. */
function* mergeKeys(
  db: Database,
  sources: readonly Source[],
  info: GroupInfo,
  rows: GroupRows,
): Generator<void, void> {
  const outputs = info.fields.map(() => undefined as Posting | undefined)
  for (const { group, base, fieldOf } of sources) {
    for (const [at, field] of fieldOf.entries()) {
      if (at < 2 || info.fields[field]!.events === info.events) continue
      outputs[field] ??= startPosting()
      const stored = readBody(db, 'keys', keyRow(group.id, at))
      const posting = stored ?? allDocs(group.info)
      appendPosting(outputs[field], posting, 0, posting.length, base)
    }
    yield
  }
  for (const [field, posting] of outputs.entries()) {
    if (posting !== undefined) {
      rows.key(field, posting.output.bytes.subarray(0, posting.output.length))
    }
  }
}

function allDocs(info: GroupInfo): Uint8Array {
  const output = createOutput()
  reserve(output, info.events * 5)
  let last = 0
  for (const { doc, count } of info.segments) {
    for (let i = doc; i < doc + count; i++) {
      output.length = writeVarint(output.bytes, output.length, i - last)
      last = i
    }
  }
  return output.bytes.subarray(0, output.length)
}
