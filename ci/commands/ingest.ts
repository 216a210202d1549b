// `trapline ingest`: files of logs into a running server.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { type Batch, batchesOf } from '../input/batches.ts'
import { STDIN } from '../input/bytes.ts'
import { InputError, tellFailure } from '../input/error.ts'
import { type InputFile, listFiles } from '../input/files.ts'
import { type MemberEvents, readMembers } from '../input/read-events.ts'
import { DEFAULT_ENDPOINT, ingestUrl, sendBatch, type Target } from '../send/client.ts'
import { createProgress, type Progress, printable } from '../send/progress.ts'
import { sendOnce } from '../send/send-once.ts'
import { createSummary, type Summary } from '../send/summary.ts'

export const summary = 'send log files to a running server'

export const usage = `trapline ingest [--server URL] [--api-key KEY] [--source NAME] FILE|FOLDER...
  --server URL    the server (default: TRAPLINE_SERVER, else ${DEFAULT_ENDPOINT}); also --endpoint, as shippers
  --api-key KEY   a key that may ingest (default: TRAPLINE_API_KEY)
  --source NAME   parser to use, or a label (default: recognised for each event)
  FILE            .evtx .ndjson .json .csv (with a header) or text, also as .gz .zst .zip .tar; - is standard
                  input. Of a FOLDER all files below it that are logs.
What was stored before is not stored twice within seven days: after an interruption, or when a file has grown or
was renamed, run it again.
Exit code 1: a file could not be read (to its end); 3: it cannot be sent at all.`

/** Batches under way at once. */
const WINDOW = 4
const GIVE_UP_AFTER_MS = 10 * 60_000

/** Runs the command; resolves with its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      server: { type: 'string' },
      endpoint: { type: 'string' },
      'api-key': { type: 'string' },
      source: { type: 'string' },
    },
  })
  if (positionals.length === 0) throw new UsageError('no file given')
  const apiKey = values['api-key'] ?? process.env.TRAPLINE_API_KEY
  const { source } = values
  const endpoint =
    values.server ?? values.endpoint ?? process.env.TRAPLINE_SERVER ?? DEFAULT_ENDPOINT
  const target: Target = { endpoint, apiKey, source, import: crypto.randomUUID() }
  ingestUrl(target)
  const started = performance.now()
  const summary = createSummary()
  const files = await listFiles(positionals, {
    onFailure: (error) => summary.fail(error.path, error.message),
    onNotice: (message) => console.error(printable(message)),
  })
  const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const progress = createProgress(titleOf(files), bytes === 0 ? undefined : bytes)
  try {
    for (const file of files) await sendFile(file, target, summary, progress)
  } finally {
    progress.end()
    const [first, ...more] = summary.lines(files.length, performance.now() - started)
    console.log(first)
    // Not by the console, which paints errors on a terminal: these are figures.
    for (const line of more) process.stderr.write(`${line}\n`)
  }
  return summary.failedFiles > 0 ? EXIT.findings : EXIT.ok
}

function titleOf(files: readonly InputFile[]): string {
  return files.length === 1 ? files[0]!.path : `${files.length} files`
}

/** Sends what one file holds. What cannot be read is reported, and the next file follows. */
async function sendFile(
  file: InputFile,
  target: Target,
  summary: Summary,
  progress: Progress,
): Promise<void> {
  const onNotice = (message: string) => progress.note(message)
  const onFailure = (error: InputError) => summary.fail(error.path, error.message)
  const options = { onBytes: progress.read, onNotice, onFailure }
  try {
    for await (const member of readMembers(file, options)) {
      await reported(sendMember(file, member, target, summary, progress), onFailure)
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    onFailure(error)
  }
}

/** What ends one member does not end the others. */
async function reported(
  done: Promise<void>,
  onFailure: (error: InputError) => void,
): Promise<void> {
  try {
    await done
  } catch (error) {
    tellFailure(error, onFailure)
  }
}

/** Sends the events of one file or member. What was read before it broke off is sent too. */
async function sendMember(
  file: InputFile,
  member: MemberEvents,
  target: Target,
  summary: Summary,
  progress: Progress,
): Promise<void> {
  const window = new Set<Promise<void>>()
  const failed = new AbortController()
  const options = { giveUpAfter_ms: GIVE_UP_AFTER_MS, onWait: progress.wait }
  const post = (body: string, key: string) =>
    sendBatch(target, body, key, { ...options, signal: failed.signal })
  try {
    for await (const batch of identified(file, member)) {
      const sent = sendOnce(batch, target.source, post)
        .then(({ answer, batch: { events }, skipped, before }) => {
          summary.add(answer, member.name, events, skipped)
          summary.addBefore(before)
          progress.sent(answer.accepted + before)
        })
        .finally(() => window.delete(sent))
      // The failure is awaited below; until then it must not count as unhandled.
      sent.catch((error: unknown) => failed.abort(error))
      window.add(sent)
      if (window.size >= WINDOW) await Promise.race(window)
      failed.signal.throwIfAborted()
    }
  } finally {
    await Promise.all(window)
  }
  failed.signal.throwIfAborted()
}

/** The batches of a member; standard input is new each time. */
async function* identified(file: InputFile, member: MemberEvents): AsyncGenerator<Batch> {
  const place = resolve(file.path) + member.name.slice(file.path.length)
  const identity = file.path === STDIN ? crypto.randomUUID() : undefined
  for await (const batch of batchesOf(member.events, place)) {
    yield identity === undefined ? batch : { ...batch, identity }
  }
}
