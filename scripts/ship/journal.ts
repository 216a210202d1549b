// Follows the systemd journal through `journalctl -f -o json`. The cursor is saved when the server has
// stored a batch, and every batch's key holds the cursors it spans.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { lineSplitter } from '../../ci/input/lines.ts'
import { sha256 } from '../../ci/input/sha256.ts'
import { readText } from '../../ci/input/text.ts'
import { sendBatch, sleep, type Target } from '../../ci/send/client.ts'

export interface JournalOptions {
  /** The command and its arguments before the cursor. */
  readonly command: readonly string[]
  readonly statePath: string
  readonly target: Target
  readonly signal: AbortSignal
  readonly log: (text: string) => void
}

export const JOURNALCTL = ['journalctl', '--follow', '--output=json', '--no-pager']
const RESTART_PAUSE_MS = 5000

/** Follows until `signal`; starts the command again when it ends. */
export async function followJournal(options: JournalOptions): Promise<void> {
  while (!options.signal.aborted) {
    await followOnce(options)
    if (options.signal.aborted) return
    options.log(`${options.command[0]} ended, starting it again`)
    await sleep(RESTART_PAUSE_MS, options.signal).catch((error: unknown) => {
      if (!options.signal.aborted) throw error
    })
  }
}

/** One run of the command: from the saved cursor, else from now. */
export async function followOnce(options: JournalOptions): Promise<void> {
  const cursor = await readFile(options.statePath, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const from = cursor === '' ? ['--lines=0'] : [`--after-cursor=${cursor}`]
  const child = Bun.spawn([...options.command, ...from], { stdout: 'pipe', stderr: 'inherit' })
  const stop = () => child.kill()
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    const splitter = lineSplitter()
    for await (const text of readText(child.stdout)) {
      await deliver(
        splitter.push(text).map((event) => event.text),
        options,
      )
    }
    await child.exited
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    options.signal.removeEventListener('abort', stop)
    child.kill()
  }
}

async function deliver(lines: readonly string[], options: JournalOptions): Promise<void> {
  if (lines.length === 0) return
  const body = lines.join('\n')
  await sendBatch(options.target, body, `journal-${sha256(body)}`, {
    signal: options.signal,
    onWait: (pause_ms, reason) =>
      options.log(`journal: ${reason}; next try in ${(pause_ms / 1000).toFixed(1)} s`),
  })
  const cursor = cursorOf(lines.at(-1)!)
  if (cursor === undefined) return
  await writeFile(`${options.statePath}.next`, cursor)
  await rename(`${options.statePath}.next`, options.statePath)
}

function cursorOf(line: string): string | undefined {
  return /"__CURSOR"\s*:\s*"([^"\\]+)"/.exec(line)?.[1]
}
