#!/usr/bin/env bun
// Ships the lines of log files as they are written: `bun scripts/ship/tail.ts --file F --endpoint URL`.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import {
  logLine,
  runShipper,
  SHARED_OPTIONS,
  SHARED_USAGE,
  statePathOf,
  targetOf,
} from './options.ts'
import { tail } from './tailer.ts'

export const usage = `usage: bun scripts/ship/tail.ts --file FILE [--file FILE...] [options]
  --file FILE      log file to follow, through rotation; may be given several times
  --from-end       a file seen for the first time: only what is new
  --once           stop at the end instead of waiting
  --poll-ms N      pause between looks (default 500)
${SHARED_USAGE}
Every line is stored once: positions and batch keys survive a crash.`

const POLL_MS = 500

/** Follows the files that `args` name until `signal`. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...SHARED_OPTIONS,
      file: { type: 'string', multiple: true, default: [] },
      'from-end': { type: 'boolean' },
      once: { type: 'boolean' },
      'poll-ms': { type: 'string' },
    },
  })
  if (values.help === true) return console.log(usage)
  if (values.file.length === 0) throw new UsageError('no --file given')
  const poll_ms = Number(values['poll-ms'] ?? POLL_MS)
  if (!(poll_ms >= 1)) throw new UsageError(`--poll-ms ${values['poll-ms']}: not a number above 0`)
  const { target, label } = targetOf(values)
  await Promise.all(
    values.file.map((file) => {
      const path = resolve(file)
      const statePath = statePathOf(path, values.endpoint, values['state-dir'])
      const { once } = values
      return tail({
        path,
        statePath,
        target,
        label,
        poll_ms,
        fromEnd: values['from-end'],
        once,
        signal,
        log: logLine,
      })
    }),
  )
}

if (import.meta.main) {
  await runShipper('tail', usage, (signal) => run(process.argv.slice(2), signal))
}
