// The folders that rules come from, and their files. Both the ingest worker (which runs the rules) and the
// rules worker (which describes them) read through here, so they see the same set.
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { RuleFile } from '../../sigma/rule.ts'
import type { Settings } from '../config.ts'

/** Rule files of one server at most, and bytes of one. */
export const RULE_FILES_MAX = 50_000
export const RULE_FILE_MAX_BYTES = 1024 * 1024
const FILES_OPEN_MAX = 64

export interface RuleFolder {
  readonly path: string
  /** From `TRAPLINE_RULES`: read only. */
  readonly overlay: boolean
}

/** A rule file with the path that people see: below its folder, with the folder's name for overlays. */
export interface FolderFile extends RuleFile {
  readonly file: string
  readonly overlay: boolean
}

/** Our own rules first: on a shared id the first wins. */
export function ruleFolders(settings: Pick<Settings, 'rules'>): readonly RuleFolder[] {
  const own = { path: resolve(import.meta.dir, '../../detections'), overlay: false }
  return [own, ...settings.rules.map((path) => ({ path, overlay: true }))]
}

/** Every rule file (not tests) of the folders, sorted within each. Rejects naming a folder it cannot read. */
export async function readRuleFolders(
  folders: readonly RuleFolder[],
): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = []
  for (const folder of folders) {
    const names = await ruleFileNames(folder)
    if (files.length + names.length > RULE_FILES_MAX) {
      throw new Error(`TRAPLINE_RULES: more than ${RULE_FILES_MAX} rule files`)
    }
    for (let at = 0; at < names.length; at += FILES_OPEN_MAX) {
      const some = names.slice(at, at + FILES_OPEN_MAX)
      files.push(...(await Promise.all(some.map((name) => readOne(folder, name)))))
    }
  }
  return files
}

async function ruleFileNames(folder: RuleFolder): Promise<readonly string[]> {
  try {
    return (await readdir(folder.path, { recursive: true }))
      .filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
      .sort()
  } catch (error) {
    const variable = folder.overlay ? 'TRAPLINE_RULES: ' : ''
    throw new Error(`${variable}cannot read ${folder.path}: ${(error as Error).message}`)
  }
}

async function readOne(folder: RuleFolder, name: string): Promise<FolderFile> {
  const file = join(folder.path, name)
  const source = Bun.file(file)
  const text = source.size > RULE_FILE_MAX_BYTES ? '' : await source.text()
  const path = folder.overlay ? join(basename(folder.path), name) : join('detections', name)
  return { path, text, file, overlay: folder.overlay }
}
