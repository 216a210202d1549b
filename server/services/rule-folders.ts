// The folders that rules come from.
import { resolve } from 'node:path'
import type { Settings } from '../config.ts'
import type { RuleFolder } from '../ingest/rules.ts'

/** Our own rules first: on a shared id the first wins. `TRAPLINE_RULES` folders are read only. */
export function ruleFolders(settings: Pick<Settings, 'rules'>): readonly RuleFolder[] {
  const own = { path: resolve(import.meta.dir, '../../detections'), overlay: false }
  return [own, ...settings.rules.map((path) => ({ path, overlay: true }))]
}
