// What became of files that were sent: by source, and what failed with an example of each.
import type { InputEvent } from '../input/event.ts'
import type { IngestAnswer } from './client.ts'
import { printable } from './progress.ts'

const SAMPLE_UNITS_MAX = 160
/** Longest line about a file. */
const LINE_MAX = 1000
/** Different failures listed. */
const FAILURES_MAX = 20

interface Failure {
  count: number
  readonly place: string
  readonly message: string
  readonly sample: string
}

export interface Summary {
  /** A stored batch of the file `name`, whose first `skipped` texts were header lines. */
  add(answer: IngestAnswer, name: string, batch: readonly InputEvent[], skipped: number): void
  /** Events that an earlier run stored, of which no answer tells. */
  addBefore(events: number): void
  /** A file or member that could not be read (further). */
  fail(name: string, message: string): void
  readonly events: number
  readonly failedFiles: number
  /** Lines for people. */
  lines(files: number, took_ms: number): readonly string[]
}

/** A summary of nothing yet. */
export function createSummary(): Summary {
  const sources = new Map<string, { events: number; unparsed: number }>()
  const failures = new Map<string, Failure>()
  const failedFiles: string[] = []
  let events = 0
  let before = 0
  let unparsed = 0
  let damaged = 0

  function failure(code: string, place: string, message: string, sample: string): void {
    const known = failures.get(code)
    if (known !== undefined) known.count++
    else if (failures.size < FAILURES_MAX) {
      failures.set(code, { count: 1, place, message, sample: shown(sample) })
    }
  }

  return {
    get events() {
      return events
    },
    get failedFiles() {
      return failedFiles.length
    },
    add(answer, name, batch, skipped) {
      if (answer.repeated === true) before += answer.accepted
      else events += answer.accepted
      unparsed += answer.unparsed
      for (const [source, count] of Object.entries(answer.sources ?? {})) {
        const sum = sources.get(source) ?? { events: 0, unparsed: 0 }
        sum.events += count.events
        sum.unparsed += count.unparsed
        sources.set(source, sum)
      }
      for (const { index, code, message } of answer.errors) {
        const event = batch[index - skipped]
        failure(code, placeOf(name, event), message, event?.text ?? '')
      }
      for (const event of batch) {
        if (event.error === undefined) continue
        damaged++
        failure(event.error.code, placeOf(name, event), event.error.message, event.text)
      }
    },
    addBefore(count) {
      before += count
    },
    fail(name, message) {
      failedFiles.push(shown(message.startsWith(name) ? message : `${name}: ${message}`, LINE_MAX))
    },
    lines(files, took_ms) {
      const seconds = Math.max(took_ms / 1000, 0.001)
      const again = before === 0 ? '' : `${number(before)} were stored before, `
      const bad = damaged === 0 ? '' : `, ${number(damaged)} damaged`
      return [
        `${number(events)} events of ${number(files)} ${files === 1 ? 'file' : 'files'} stored in ` +
          `${seconds.toFixed(1)} s (${number(Math.round(events / seconds))}/s), ` +
          `${again}${number(unparsed)} ${before === 0 ? 'of them ' : ''}unparsed${bad}`,
        ...sourceLines(sources),
        ...[...failures].map(
          ([code, { count, place, message, sample }]) =>
            `  ${code}: ${number(count)}, first at ${place}: ${message}: ${sample}`,
        ),
        ...failedFiles.map((line) => `  not read (further): ${line}`),
      ]
    },
  }
}

function sourceLines(sources: ReadonlyMap<string, { events: number; unparsed: number }>): string[] {
  const sorted = [...sources].sort(([, a], [, b]) => b.events - a.events)
  const width = Math.max(0, ...sorted.map(([name]) => name.length))
  return sorted.map(([name, { events, unparsed }]) => {
    const failed = unparsed === 0 ? '' : `, ${number(unparsed)} unparsed`
    return `  ${name.padEnd(width)}  ${number(events)}${failed}`
  })
}

function placeOf(name: string, event: InputEvent | undefined): string {
  return shown(event === undefined ? name : `${name}:${event.index + 1}`, LINE_MAX)
}

/** The start of a text without what would move a terminal's cursor. */
function shown(text: string, most = SAMPLE_UNITS_MAX): string {
  return printable(text.slice(0, most))
}

function number(value: number): string {
  return value.toLocaleString('en')
}
