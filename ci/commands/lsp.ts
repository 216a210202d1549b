// `trapline lsp`: the language server, over standard input and output.

import { relative } from 'node:path'
import type { Finding } from '../../sigma/lint/check.ts'
import { checkContent, lintFacts } from '../checks/content.ts'
import { checkSchema, isSettingsFile } from '../checks/schema.ts'
import { EXIT, UsageError } from '../command.ts'
import { isIgnored, readLintSettings } from '../lint-settings.ts'
import { FramingError, frame, messageSplitter } from '../lsp/framing.ts'
import { createInbox, type Inbox } from '../lsp/inbox.ts'
import { createLanguageServer } from '../lsp/server.ts'
import { readWorkspace } from '../lsp/workspace.ts'

export const summary = 'Runs the language server for editors, over standard input and output'
export const usage = `trapline lsp [--stdio]
Diagnostics, completion, hover and quick fixes: fields, modifiers and tags of rules, the rules that correlations
and filters name, steps and conditions of pipelines, keys of hunts and tests. Editors start it; editors/vscode does for VS Code.`

export async function run(args: readonly string[]): Promise<number> {
  const odd = args.find((arg) => arg !== '--stdio')
  if (odd !== undefined) throw new UsageError(`unknown option "${odd}"`)
  const today = new Date().toISOString().slice(0, 10)
  let content = await readWorkspace([])
  const server = createLanguageServer({
    facts: lintFacts({ today }),
    open: async (folders) => {
      content = await readWorkspace(folders)
    },
    changed: (paths) => content.reread(paths),
    rules: () => content.rules(),
    find: async (file, open): Promise<readonly Finding[]> => {
      const { path } = file
      if (isSettingsFile(path)) return checkSchema(file)
      const settings = await readLintSettings([], content.root)
      if (isIgnored(relative(content.root, path), settings.ignore)) return []
      return checkContent([...content.filesBeside(file, open), file], {
        ...settings,
        today,
        complete: content.holds(path),
        only: new Set([path]),
      })
    },
    send: (message) => {
      process.stdout.write(frame(message))
    },
  })
  const inbox = createInbox()
  const input = Bun.stdin.stream().getReader()
  const reading = readMessages(input, inbox)
  for (;;) {
    const waiting = await inbox.take()
    if (waiting === undefined) return reading
    const exit = await server.receive(waiting.text, waiting.isCancelled)
    if (exit === undefined) continue
    await input.cancel()
    return exit
  }
}

/** Puts messages of the input into the inbox; resolves with the exit code of a stream that ends without `exit`. */
async function readMessages(
  input: ReadableStreamDefaultReader<Uint8Array>,
  inbox: Inbox,
): Promise<number> {
  const split = messageSplitter()
  try {
    for (;;) {
      const { done, value } = await input.read()
      if (done) return EXIT.findings
      for (const text of split(value)) inbox.put(text)
    }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error
    console.error(`trapline lsp: ${error.message}`)
    return EXIT.badConfiguration
  } finally {
    inbox.end()
  }
}
