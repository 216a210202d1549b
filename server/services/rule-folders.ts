// The folders that rules come from.
import { join, resolve } from 'node:path'
import type { Settings } from '../config.ts'
import type { RuleFolder } from '../ingest/rules.ts'
import { liveCommit, stagedFolder } from '../releases/staging.ts'

/** Content that comes with the program, live until the first release. */
const PROGRAM = resolve(import.meta.dir, '../..')

/** The live content's rules first: on a shared id the first wins. `TRAPLINE_RULES` folders are read only. */
export function ruleFolders(settings: Pick<Settings, 'rules' | 'data'>): readonly RuleFolder[] {
  const commit = liveCommit(settings.data)
  const content = commit === undefined ? PROGRAM : stagedFolder(settings.data, commit)
  const own = { path: join(content, 'detections'), overlay: false }
  return [own, ...settings.rules.map((path) => ({ path, overlay: true }))]
}
