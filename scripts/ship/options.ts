// What every shipper is told on its command line, and how it starts and stops.
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from '../../ci/command.ts'
import { sha256 } from '../../ci/input/sha256.ts'
import { DEFAULT_ENDPOINT, ingestUrl, type Target } from '../../ci/send/client.ts'
import { suggest } from '../../ci/suggest.ts'
import { parserNames } from '../../parsers/table.ts'

/** Options for `parseArgs` that all shippers share. */
export const SHARED_OPTIONS = {
  endpoint: { type: 'string', default: DEFAULT_ENDPOINT },
  'api-key': { type: 'string' },
  source: { type: 'string' },
  'log-type': { type: 'string' },
  'state-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export const SHARED_USAGE = `  --endpoint URL   the server (default ${DEFAULT_ENDPOINT})
  --api-key KEY    a key that may ingest (default: TRAPLINE_API_KEY)
  --source NAME    label of the source, or a parser's name
  --log-type TYPE  parser: ${parserNames().join(' ')}
  --state-dir DIR  where positions are kept (default: TRAPLINE_SHIP_STATE, else ~/.local/state/trapline)`

interface SharedValues {
  readonly endpoint: string
  readonly 'api-key'?: string | undefined
  readonly source?: string | undefined
  readonly 'log-type'?: string | undefined
}

/** Where to send, and the label to put on each line when parser and label differ. */
export function targetOf(values: SharedValues): {
  readonly target: Target
  readonly label: string | undefined
} {
  const { source, endpoint } = values
  const type = values['log-type']
  if (type !== undefined && !parserNames().includes(type)) {
    const near = suggest(type, parserNames())
    const hint = near === undefined ? `one of ${parserNames().join(' ')}` : `did you mean ${near}?`
    throw new UsageError(`--log-type ${type}: no such parser: ${hint}`)
  }
  const apiKey = values['api-key'] ?? process.env.TRAPLINE_API_KEY
  const target = { endpoint, apiKey, source: type ?? source }
  ingestUrl(target)
  return { target, label: type !== undefined && source !== type ? source : undefined }
}

/** The state file of one input and endpoint; its folder is made. */
export function statePathOf(input: string, endpoint: string, folder: string | undefined): string {
  const base =
    folder ?? process.env.TRAPLINE_SHIP_STATE ?? join(homedir(), '.local', 'state', 'trapline')
  mkdirSync(base, { recursive: true })
  const name = input.replaceAll(/[^\w.-]+/g, '_').slice(-80)
  return resolve(base, `${name}.${sha256(`${input}\n${endpoint}`).slice(0, 12)}.state`)
}

/** Runs a shipper until SIGINT or SIGTERM; prints usage errors without a stack. */
export async function runShipper(
  name: string,
  usage: string,
  main: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  try {
    await main(stop.signal)
  } catch (error) {
    if (stop.signal.aborted) return
    const wrong = error instanceof UsageError || isArgumentError(error)
    if (!wrong) throw error
    console.error(`${name}: ${error.message}\n\n${usage}`)
    process.exitCode = 3
  }
}

function isArgumentError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}

/** Notices of a shipper go to standard error, with their time. */
export function logLine(text: string): void {
  console.error(`${new Date().toISOString()} ${text}`)
}
