// `trapline lsp`: the language server, over standard input and output.

import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import { checkContent, lintFacts } from '../checks/content.ts'
import { type KnownRule, rulesIn } from '../checks/known-rules.ts'
import { checkSchema, isSettingsFile } from '../checks/schema.ts'
import { EXIT, UsageError } from '../command.ts'
import { CONTENT_FOLDERS, readContent } from '../content-files.ts'
import { isIgnored, readLintSettings } from '../lint-settings.ts'
import { FramingError, frame, messageSplitter } from '../lsp/framing.ts'
import { createLanguageServer } from '../lsp/server.ts'

export const summary = 'Runs the language server for editors, over standard input and output'
export const usage = `trapline lsp [--stdio]
Diagnostics, completion, hover and quick fixes: fields, modifiers and tags of rules, the rules that correlations
and filters name, steps and conditions of pipelines, keys of hunts and tests. Editors start it; editors/vscode does for VS Code.`

/** Files of a workspace up to which references between them are looked up. */
const WORKSPACE_FILES_MAX = 20_000

export async function run(args: readonly string[]): Promise<number> {
  const odd = args.find((arg) => arg !== '--stdio')
  if (odd !== undefined) throw new UsageError(`unknown option "${odd}"`)
  const today = new Date().toISOString().slice(0, 10)
  let workspace: readonly LintFile[] = []
  let rules: readonly KnownRule[] = []
  let root = '.'
  const server = createLanguageServer({
    facts: lintFacts({ today }),
    open: async (folders) => {
      root = folders[0] ?? root
      workspace = await readWorkspace(folders)
      rules = workspace.flatMap(({ path, text }) => rulesIn(path, text))
    },
    rules: () => rules,
    find: async (path, text): Promise<readonly Finding[]> => {
      if (isSettingsFile(path)) return checkSchema({ path, text })
      const settings = await readLintSettings([], root)
      if (isIgnored(relative(root, path), settings.ignore)) return []
      const others = workspace.filter((file) => file.path !== path)
      const complete = others.length < workspace.length
      return checkContent([...others, { path, text }], {
        ...settings,
        today,
        complete,
        only: new Set([path]),
      })
    },
    send: (message) => {
      process.stdout.write(frame(message))
    },
  })
  const split = messageSplitter()
  for await (const chunk of Bun.stdin.stream()) {
    let texts: string[]
    try {
      texts = split(chunk)
    } catch (error) {
      if (!(error instanceof FramingError)) throw error
      console.error(`trapline lsp: ${error.message}`)
      return EXIT.badConfiguration
    }
    for (const text of texts) {
      const exit = await server.receive(text)
      if (exit !== undefined) return exit
    }
  }
  return EXIT.findings
}

/** Content below the folders of a workspace; none when there is more than can be looked through at each key. */
async function readWorkspace(folders: readonly string[]): Promise<readonly LintFile[]> {
  const paths: string[] = []
  for (const folder of folders) {
    for (const name of CONTENT_FOLDERS)
      if (await isFolder(`${folder}/${name}`)) paths.push(`${folder}/${name}`)
  }
  // Editors name documents by their whole path.
  const files = (await readContent(paths)).map(({ path, text }) => ({ path: resolve(path), text }))
  if (files.length <= WORKSPACE_FILES_MAX) return files
  const most = `more than ${WORKSPACE_FILES_MAX}`
  console.error(`trapline lsp: ${files.length} files are ${most}: each is checked on its own`)
  return []
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return false
    },
  )
}
