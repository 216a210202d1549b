// `trapline ingest`: files of logs into a running server.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { batchBody, batchesOf } from '../input/batches.ts'
import { STDIN } from '../input/bytes.ts'
import { InputError } from '../input/error.ts'
import { type InputFile, listFiles } from '../input/files.ts'
import { type MemberEvents, readMembers } from '../input/read-events.ts'
import { DEFAULT_ENDPOINT, ingestUrl, sendBatch, sha256, type Target } from '../send/client.ts'
import { createProgress, type Progress } from '../send/progress.ts'
import { createSummary, type Summary } from '../send/summary.ts'

export const summary = 'send log files to a running server'

export const usage = `trapline ingest [--server URL] [--api-key KEY] [--source NAME] FILE|FOLDER...
  --server URL    the server (default: TRAPLINE_SERVER, else ${DEFAULT_ENDPOINT}); also --endpoint, as shippers
  --api-key KEY   a key that may ingest (default: TRAPLINE_API_KEY)
  --source NAME   parser to use, or a label (default: recognised for each event)
  FILE            .evtx .ndjson .json .csv (with a header) or text, also as .gz .zst .zip .tar; - is standard
                  input. Of a FOLDER all files below it that are logs.
What was stored before is not stored twice within seven days: after an interruption run it again.
Exit code 1: a file could not be read (to its end).`

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
  const files = await listFiles(positionals)
  const summary = createSummary()
  const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const progress = createProgress(titleOf(files), bytes === 0 ? undefined : bytes)
  try {
    for (const file of files) await sendFile(file, target, summary, progress)
  } finally {
    progress.end()
    const [first, ...more] = summary.lines(files.length, performance.now() - started)
    console.log(first)
    for (const line of more) console.error(line)
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
  let name = file.path
  try {
    for await (const member of readMembers(file, { onBytes: progress.read, onNotice })) {
      name = member.name
      await sendMember(file, member, target, summary, progress)
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    summary.fail(name, error.message)
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
  const identity = identityOf(file, member.name)
  try {
    for await (const batch of batchesOf(member.events)) {
      const { body, skipped } = batchBody(batch)
      const key = `file-${sha256(`${identity}\n${target.source}\n${batch[0]!.index}\n${sha256(body)}`)}`
      const options = { signal: failed.signal, giveUpAfter_ms: GIVE_UP_AFTER_MS }
      const sent = sendBatch(target, body, key, { ...options, onWait: progress.wait })
        .then((answer) => {
          summary.add(answer, member.name, batch, skipped)
          progress.sent(answer.accepted)
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

/** What makes a file the same file: its name, size and time of change; standard input is new each time. */
function identityOf(file: InputFile, member: string): string {
  if (file.path === STDIN) return crypto.randomUUID()
  const inner = member === file.path ? '' : `:${member.slice(file.path.length)}`
  return `${resolve(file.path)}:${file.size}:${file.changed}${inner}`
}
