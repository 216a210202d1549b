#!/usr/bin/env bun
// Ships this host's own logs: authentication, system and kernel log, or the journal where there are none,
// and Suricata's EVE file.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import type { Target } from '../../ci/send/client.ts'
import { followJournal, JOURNALCTL } from './journal.ts'
import {
  logLine,
  runShipper,
  SHARED_OPTIONS,
  SHARED_USAGE,
  statePathOf,
  targetOf,
} from './options.ts'
import { tail } from './tailer.ts'

/** Files of a host and the parser that reads them; the first that exists of each row is followed. */
const HOST_FILES: readonly { readonly parser: string; readonly paths: readonly string[] }[] = [
  { parser: 'linux_auth', paths: ['/var/log/auth.log', '/var/log/secure'] },
  { parser: 'syslog', paths: ['/var/log/syslog', '/var/log/messages'] },
  { parser: 'syslog', paths: ['/var/log/kern.log'] },
]
const EVE_PATH = '/var/log/suricata/eve.json'
const POLL_MS = 500

export const usage = `usage: bun scripts/ship/host.ts [options]
  --eve FILE       Suricata's EVE file (default ${EVE_PATH} where it exists)
  --journal        the journal even where there are log files
  --root DIR       folder that stands for / (for containers that mount the host's logs)
  --from-end       files seen for the first time: only what is new
${SHARED_USAGE}
Follows ${HOST_FILES.flatMap((row) => row.paths).join(', ')}, or the journal where none of them is.`

/** Follows the host's logs until `signal`. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...SHARED_OPTIONS,
      eve: { type: 'string' },
      journal: { type: 'boolean' },
      root: { type: 'string', default: '' },
      'from-end': { type: 'boolean' },
    },
  })
  if (values.help === true) return console.log(usage)
  const { target } = targetOf(values)
  const files = values.journal === true ? [] : hostFiles(values.root)
  const eve = values.eve ?? `${values.root}${EVE_PATH}`
  if (values.eve !== undefined && !existsSync(eve))
    throw new UsageError(`--eve ${eve}: no such file`)
  const followed = existsSync(eve) ? [...files, { parser: 'suricata', path: eve }] : files
  const state = (input: string) => statePathOf(input, values.endpoint, values['state-dir'])
  const jobs = followed.map(({ parser, path }) => {
    logLine(`following ${path} as ${parser}`)
    const fromEnd = values['from-end']
    const source: Target = { ...target, source: parser }
    const label = values.source
    return tail({
      path,
      statePath: state(path),
      target: source,
      label,
      poll_ms: POLL_MS,
      fromEnd,
      signal,
      log: logLine,
    })
  })
  if (files.length === 0) {
    if (Bun.which(JOURNALCTL[0]!) === null)
      throw new UsageError('no log files and no journalctl here')
    logLine('following the journal')
    const source: Target = { ...target, source: 'journald' }
    jobs.push(
      followJournal({
        command: JOURNALCTL,
        statePath: state('journal'),
        target: source,
        signal,
        log: logLine,
      }),
    )
  }
  await Promise.all(jobs)
}

function hostFiles(root: string): readonly { readonly parser: string; readonly path: string }[] {
  return HOST_FILES.flatMap(({ parser, paths }) => {
    const path = paths.map((candidate) => `${root}${candidate}`).find((full) => existsSync(full))
    return path === undefined ? [] : [{ parser, path }]
  })
}

if (import.meta.main) {
  await runShipper('host', usage, (signal) => run(process.argv.slice(2), signal))
}
