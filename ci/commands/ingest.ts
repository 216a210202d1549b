// `trapline ingest`: files of logs into a running server.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { STDIN } from '../input/bytes.ts'
import type { InputEvent } from '../input/event.ts'
import { readEventBatches } from '../input/read-events.ts'
import {
  DEFAULT_ENDPOINT,
  type IngestAnswer,
  ingestUrl,
  sendBatch,
  sha256,
  type Target,
} from '../send/client.ts'
import { createProgress, type Progress } from '../send/progress.ts'

export const summary = 'send log files to a running server'

export const usage = `trapline ingest [--endpoint URL] [--api-key KEY] [--source NAME] FILE...
  --endpoint URL  the server (default ${DEFAULT_ENDPOINT})
  --api-key KEY   a key that may ingest (default: TRAPLINE_API_KEY)
  --source NAME   parser to use, or a label (default: recognised for each event)
  FILE            .ndjson .json or text, also .gz and .zst; - is standard input
A file that was sent before is not stored twice within seven days: run it again after an interruption.`

/** A batch goes out at this many events or characters. */
const BATCH_EVENTS = 1000
const BATCH_UNITS = 4 * 1024 * 1024
/** Batches under way at once. */
const WINDOW = 4
const GIVE_UP_AFTER_MS = 10 * 60_000
const ERRORS_SHOWN = 5

interface Totals {
  events: number
  unparsed: number
  readonly errors: string[]
}

/** Runs the command; resolves with its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      endpoint: { type: 'string', default: DEFAULT_ENDPOINT },
      'api-key': { type: 'string' },
      source: { type: 'string' },
    },
  })
  if (positionals.length === 0) throw new UsageError('no file given')
  const apiKey = values['api-key'] ?? process.env.TRAPLINE_API_KEY
  const target: Target = { endpoint: values.endpoint, apiKey, source: values.source, import: true }
  ingestUrl(target)
  const started = performance.now()
  const totals: Totals = { events: 0, unparsed: 0, errors: [] }
  for (const path of positionals) await sendFile(path, target, totals)
  report(totals, positionals.length, performance.now() - started)
  return EXIT.ok
}

async function sendFile(path: string, target: Target, totals: Totals): Promise<void> {
  const identity = await identityOf(path)
  const progress = createProgress(path, identity.bytes)
  const window = new Set<Promise<void>>()
  const failed = new AbortController()
  for await (const batch of batches(path, progress)) {
    const body = batch.map((event) => event.text).join('\n')
    const key = `file-${sha256(`${identity.name}\n${target.source}\n${batch[0]!.index}\n${sha256(body)}`)}`
    const options = { signal: failed.signal, giveUpAfter_ms: GIVE_UP_AFTER_MS }
    const sent = sendBatch(target, body, key, { ...options, onWait: progress.wait })
      .then((answer) => take(answer, path, batch, totals, progress))
      .finally(() => window.delete(sent))
    // The failure is awaited below; until then it must not count as unhandled.
    sent.catch((error: unknown) => failed.abort(error))
    window.add(sent)
    if (window.size >= WINDOW) await Promise.race(window)
    failed.signal.throwIfAborted()
  }
  await Promise.all(window)
  failed.signal.throwIfAborted()
  progress.end()
}

/** What makes a file the same file: its name, size and time of change; standard input is new each time. */
async function identityOf(path: string): Promise<{ name: string; bytes: number | undefined }> {
  if (path === STDIN) return { name: crypto.randomUUID(), bytes: undefined }
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    // The reader says it better.
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return { name: path, bytes: undefined }
  return { name: `${resolve(path)}:${found.size}:${found.mtimeMs}`, bytes: found.size }
}

async function* batches(path: string, progress: Progress): AsyncGenerator<readonly InputEvent[]> {
  let open: InputEvent[] = []
  let units = 0
  for await (const chunk of readEventBatches(path, { onBytes: progress.read })) {
    for (const event of chunk) {
      if (open.length >= BATCH_EVENTS || units + event.text.length > BATCH_UNITS) {
        if (open.length > 0) yield open
        open = []
        units = 0
      }
      open.push(event)
      units += event.text.length
    }
  }
  if (open.length > 0) yield open
}

function take(
  answer: IngestAnswer,
  path: string,
  batch: readonly InputEvent[],
  totals: Totals,
  progress: Progress,
): void {
  totals.events += answer.accepted
  totals.unparsed += answer.unparsed
  for (const { index, code, message } of answer.errors) {
    if (totals.errors.length >= ERRORS_SHOWN) break
    totals.errors.push(`${path}:${(batch[index]?.index ?? index) + 1}: ${code}: ${message}`)
  }
  progress.sent(answer.accepted)
}

function report(totals: Totals, files: number, took_ms: number): void {
  const seconds = Math.max(took_ms / 1000, 0.001)
  const rate = Math.round(totals.events / seconds).toLocaleString('en')
  const events = totals.events.toLocaleString('en')
  console.log(
    `${events} events of ${files} ${files === 1 ? 'file' : 'files'} stored in ` +
      `${seconds.toFixed(1)} s (${rate}/s), ${totals.unparsed} of them unparsed`,
  )
  for (const line of totals.errors) console.error(line)
}
