// The folders that rules come from.
import { join } from 'node:path'
import type { Settings } from '../config.ts'
import type { RuleFolder } from '../ingest/rules.ts'
import { PROGRAM } from '../releases/seed.ts'
import { liveCommit, stagedFolder } from '../releases/staging.ts'

/** Root of the live content: a release's, or the program's own where there is no git for releases. */
export function contentFolder({ data }: Pick<Settings, 'data'>): string {
  const commit = liveCommit(data)
  return commit === undefined ? PROGRAM : stagedFolder(data, commit)
}

/** The live content's rules first: on a shared id the first wins. `TRAPLINE_RULES` folders are read only. */
export function ruleFolders(settings: Pick<Settings, 'rules' | 'data'>): readonly RuleFolder[] {
  const own = { path: join(contentFolder(settings), 'detections'), overlay: false }
  return [own, ...settings.rules.map((path) => ({ path, overlay: true }))]
}
