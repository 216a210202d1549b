// The `lint` part of `trapline.yml`.
import { parseDocument } from 'yaml'
import { z } from 'zod'
import type { Severity } from '../sigma/diagnostic.ts'
import { CHECKS } from '../sigma/lint/table.ts'
import { nearest } from '../sigma/parse/suggest.ts'
import { UsageError } from './command.ts'
import { SETTINGS_FILE } from './settings.ts'

const Lint = z.strictObject({
  /** Checks switched off, by id. */
  disable: z.array(z.string()).default([]),
  /** Severities in place of the table's; `off` is the same as `disable`. */
  severity: z.record(z.string(), z.enum(['error', 'warning', 'info', 'off'])).default({}),
  /** Paths that are not looked at, as globs from the folder of the file. */
  ignore: z.array(z.string()).default([]),
})

export interface LintSettings {
  readonly disable: readonly string[]
  readonly severity: Readonly<Record<string, Severity>>
  readonly ignore: readonly string[]
}

/** Settings of a folder, the working one by default, joined with ids given on the command line. Rejects unknown ids by name. */
export async function readLintSettings(
  disable: readonly string[] = [],
  folder = '.',
): Promise<LintSettings> {
  const file = Bun.file(`${folder}/${SETTINGS_FILE}`)
  const document = parseDocument((await file.exists()) ? await file.text() : '{}')
  const [error] = document.errors
  if (error !== undefined) throw new UsageError(`${SETTINGS_FILE}: ${error.message}`)
  const root = document.toJS({ maxAliasCount: 0 }) as { lint?: unknown } | null
  const parsed = Lint.safeParse(root?.lint ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new UsageError(`${SETTINGS_FILE}: lint.${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { severity, ignore } = parsed.data
  for (const id of [...parsed.data.disable, ...Object.keys(severity), ...disable]) requireCheck(id)
  const off = Object.keys(severity).filter((id) => severity[id] === 'off')
  const kept = Object.entries(severity).filter(
    (entry): entry is [string, Severity] => entry[1] !== 'off',
  )
  return {
    disable: [...parsed.data.disable, ...off, ...disable],
    severity: Object.fromEntries(kept),
    ignore,
  }
}

function requireCheck(id: string): void {
  if (CHECKS.has(id)) return
  const near = nearest(id, CHECKS.keys())
  throw new UsageError(
    `there is no check "${id}"${near === undefined ? '' : `, did you mean ${near}?`}`,
  )
}

/** Whether a path is one of the globs. */
export function isIgnored(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => new Bun.Glob(glob).match(path))
}
