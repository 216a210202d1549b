// The body of Elasticsearch's `_bulk`: an action a line, and its document in the next.
import { z } from 'zod'
import { EVENT_BYTES_MAX } from '../ingest/take.ts'
import { ServiceError } from '../services/service-error.ts'

const NEWLINE = 10
const RETURN = 13

/** Senders write what they leave open as null, and ids as numbers. */
const Name = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((name) => (name === undefined || name === null ? undefined : String(name)))
const Target = z.looseObject({ _index: Name, _id: Name }).nullable()
const Action = z.union([
  z.strictObject({ create: Target }),
  z.strictObject({ index: Target }),
  z.strictObject({ update: Target }),
  z.strictObject({ delete: Target }),
])

export interface BulkItem {
  readonly action: 'create' | 'index' | 'update' | 'delete'
  readonly index: string | undefined
  readonly id: string | undefined
  /** Why this one was not taken. */
  readonly error?: { readonly type: string; readonly reason: string }
}

/** The documents of a bulk body, a line each, and what becomes of each action. Rejects `invalid` for a body
 * that is no bulk body; a document that cannot be taken is refused alone. A log is only ever added to. */
export function splitBulk(body: Uint8Array<ArrayBuffer>): {
  readonly documents: Uint8Array<ArrayBuffer>
  readonly items: readonly BulkItem[]
} {
  const lines = linesOf(body)
  const items: BulkItem[] = []
  const documents = new Uint8Array(body.length + 1)
  let size = 0
  for (let n = 0; n < lines.length; n++) {
    const item = actionOf(lines[n], n + 1)
    if (item.action === 'delete') {
      items.push({ ...item, error: ONLY_ADDED })
      continue
    }
    const document = lines[++n]
    if (document === undefined)
      throw new ServiceError('invalid', `line ${n}: its document is missing`)
    const error = item.action === 'update' ? ONLY_ADDED : documentError(document)
    items.push(error === undefined ? item : { ...item, error })
    if (error !== undefined) continue
    documents.set(document, size)
    size += document.length
    documents[size++] = NEWLINE
  }
  if (items.length === 0) throw new ServiceError('invalid', 'the body is empty')
  return { documents: documents.slice(0, size), items }
}

const ONLY_ADDED = {
  type: 'illegal_argument_exception',
  reason: 'events are only added: use create or index',
}

/** Why a document cannot be an event. */
export function documentError(document: Uint8Array): BulkItem['error'] {
  if (document.length <= EVENT_BYTES_MAX) return undefined
  const reason = `the document has ${document.length} bytes, ${EVENT_BYTES_MAX} are allowed`
  return { type: 'document_parsing_exception', reason }
}

function linesOf(body: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  const lines: Uint8Array<ArrayBuffer>[] = []
  let start = 0
  while (start < body.length) {
    const found = body.indexOf(NEWLINE, start)
    const next = found === -1 ? body.length : found
    const end = body[next - 1] === RETURN ? next - 1 : next
    if (end > start) lines.push(body.subarray(start, end))
    start = next + 1
  }
  return lines
}

function actionOf(line: Uint8Array | undefined, number: number): BulkItem {
  const parsed = Action.safeParse(jsonOf(line))
  if (!parsed.success) {
    throw new ServiceError('invalid', `line ${number}: {"create": {}} or {"index": {}} is expected`)
  }
  const [entry] = Object.entries(parsed.data)
  const [action, target] = entry as [BulkItem['action'], z.infer<typeof Target>]
  return { action, index: target?._index, id: target?._id }
}

function jsonOf(line: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
