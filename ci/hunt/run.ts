// Runs hunts over what a server keeps, or over files of events.
import { normalise } from '../../parsers/normalise.ts'
import { rangeEnds } from '../../query/hunt/hunt.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { withHeader } from '../input/header.ts'
import { readEventBatches } from '../input/read-events.ts'
import { ownParsers } from '../own-parsers.ts'
import { ask, linesOf, type ServerAccess } from '../send/api.ts'
import type { RunnableHunt } from './hunt-files.ts'

/** What is printed of an event. */
export interface FoundEvent {
  readonly id: string
  readonly time: string
  readonly host?: string | number | undefined
  readonly message: string
  readonly raw: string
  /** The whole event, for `--json`. */
  readonly event: unknown
}

export type OnFound = (event: FoundEvent) => void

/** Asks a server; returns whether all that matched came. */
export async function huntOnServer(
  access: ServerAccess,
  { hunt, query }: RunnableHunt,
  range: { readonly from: string; readonly to: string } | undefined,
  onFound: OnFound,
): Promise<boolean> {
  const { from, to } = range ?? rangeEnds(hunt.filters.range)
  const asked = new URLSearchParams({ q: query, from, to, format: 'ndjson' })
  if (hunt.filters.rule !== undefined) asked.set('rule', hunt.filters.rule)
  const answer = await ask(access, `/api/v1/events/export?${asked}`)
  let complete = true
  for await (const line of linesOf(answer)) {
    const row = JSON.parse(line) as Omit<FoundEvent, 'event'>
    if (typeof row.id === 'string') onFound({ ...row, event: row })
    else complete = false
  }
  return complete
}

/** Reads files; returns the number of events. The hunt's range is not asked: files are as old as they are. */
export async function huntInFiles(
  files: readonly string[],
  { expr }: RunnableHunt,
  source: string | undefined,
  onFound: OnFound,
): Promise<number> {
  const matches = compilePredicate(expr)
  const now = Date.now()
  const options = { now, received: now, timeZone: 'UTC', source, ...(await ownParsers()) }
  let events = 0
  for (const file of files) {
    for await (const batch of readEventBatches(file)) {
      for (const input of batch) {
        const event = normalise(input.text, withHeader(options, input), input.json)
        events++
        if (!matches(event)) continue
        const { time, pivots, message, raw, fields } = event
        const at = new Date(time).toISOString()
        const id = `${file}:${input.index}`
        const whole = { id, time: at, source: event.source, ...pivots, message, fields }
        onFound({ id, time: at, host: pivots.host, message, raw, event: whole })
      }
    }
  }
  return events
}
