// Events of a file as batches for the ingest route: what `trapline ingest` and a file dropped on a page
// both send.
import { tellFailure } from './error.ts'
import type { InputEvent } from './event.ts'
import { listFiles } from './files.ts'
import { type MemberEvents, type ReadOptions, readMembers } from './read-events.ts'
import { sha256 } from './sha256.ts'

/** A batch goes out at this many events or characters. */
export const BATCH_EVENTS = 1000
const BATCH_UNITS = 4 * 1024 * 1024
/** A first event of so many characters says which log it is, whatever its file is called. */
const IDENTIFYING_UNITS = 40

/** Events of one member that go out together; never empty. */
export interface Batch {
  readonly events: readonly InputEvent[]
  /** How many events of the member came before. */
  readonly start: number
  /** What the member is known by when it is read again, grown or under another name. */
  readonly identity: string
}

/** What is sent of a batch. */
export interface BatchBody {
  readonly body: string
  /** Header lines before the first event. */
  readonly skipped: number
}

/** Events in batches; a batch has one header. `place` identifies a member whose first event does not. Where the
 * events break off, what came before is given out first. */
export async function* batchesOf(
  events: AsyncIterable<readonly InputEvent[]>,
  place: string,
): AsyncGenerator<Batch> {
  let open: InputEvent[] = []
  let units = 0
  let start = 0
  let identity: string | undefined
  const failures: unknown[] = []
  for await (const chunk of untilFailure(events, failures)) {
    for (const event of chunk) {
      identity ??= identityOf(event, place)
      const isFull = open.length >= BATCH_EVENTS || units + event.text.length > BATCH_UNITS
      if (open.length > 0 && (isFull || event.header !== open[0]!.header)) {
        yield { events: open, start, identity }
        start += open.length
        open = []
        units = 0
      }
      open.push(event)
      units += event.text.length
    }
  }
  if (open.length > 0) yield { events: open, start, identity: identity ?? place }
  if (failures.length > 0) throw failures[0]
}

async function* untilFailure<T>(items: AsyncIterable<T>, failures: unknown[]): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    failures.push(error)
  }
}

function identityOf(first: InputEvent, place: string): string {
  if (first.text.length < IDENTIFYING_UNITS) return `place ${place}`
  return `log ${sha256([...(first.header?.lines ?? []), first.text].join('\n'))}`
}

/** The text of a batch. */
export function batchBody({ events }: Pick<Batch, 'events'>): BatchBody {
  const header = headerOf(events)
  return { body: [...header, ...events.map(({ text }) => text)].join('\n'), skipped: header.length }
}

function headerOf(events: readonly InputEvent[]): readonly string[] {
  return events[0]?.header?.lines ?? []
}

/** The key of a batch by its place in its log: another body under it means that the log has changed since. */
export function placeKey({ identity, start }: Batch, source: string | undefined): string {
  return `file-${sha256(`${identity}\n${source}\n${start}`)}`
}

/** The key of a batch by its place and its content. */
export function contentKey(batch: Batch, source: string | undefined, body: string): string {
  return `${placeKey(batch, source)}-${sha256(body).slice(0, 32)}`
}

const CONFLICT_HASH = /\(sha256 ([0-9a-f]{64})\)/

/**
 * What is left of a batch after its beginning that went out under the same key before, when the log was shorter.
 * `conflict` is what the server says of the key. Undefined where what went out was no beginning of it.
 */
export function restOf(batch: Batch, conflict: string): Batch | undefined {
  const sent = CONFLICT_HASH.exec(conflict)?.[1]
  if (sent === undefined) return undefined
  const { events, start, identity } = batch
  const hash = new Bun.CryptoHasher('sha256').update(
    headerOf(events)
      .map((line) => `${line}\n`)
      .join(''),
  )
  for (const [at, { text }] of events.entries()) {
    hash.update(at === 0 ? text : `\n${text}`)
    if (hash.copy().digest('hex') !== sent) continue
    const count = at + 1
    return { events: events.slice(count), start: start + count, identity }
  }
  return undefined
}

/** One file, or what an archive holds, as batches with the name of the member they are from. What a member cannot
 * give further goes to `onFailure`, if there is one. `called` is the file's name where that is not its path.
 * Rejects `InputError`. */
export async function* fileBatches(
  path: string,
  options: ReadOptions = {},
  called = path,
): AsyncGenerator<{ readonly name: string; readonly batch: Batch }> {
  for (const file of await listFiles([path])) {
    for await (const member of readMembers(file, options)) {
      yield* memberBatches(member, called + member.name.slice(path.length), options)
    }
  }
}

async function* memberBatches(
  { name, events }: MemberEvents,
  place: string,
  { onFailure }: ReadOptions,
) {
  try {
    for await (const batch of batchesOf(events, place)) yield { name, batch }
  } catch (error) {
    tellFailure(error, onFailure)
  }
}
