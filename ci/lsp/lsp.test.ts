// The language server as an editor meets it: VS Code's own protocol client, over stdio.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type CodeAction,
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node'
import { applyEdits } from '../../sigma/lint/fix.ts'
import { offsetAt } from './documents.ts'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const TRAPLINE = new URL('../trapline.ts', import.meta.url).pathname
const RULE = `title: Root Shell
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
status: test
description: Detects a shell of root, to be looked at.
references:
    - https://example.org/report
author: Blue Team
date: 2026-01-31
tags:
    - attack.persistence
    - attack.T1505.003
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: /sh
        Usr: root
    condition: selection
falsepositives:
    - Unlikely
level: high
`

let folder: string
let child: ChildProcess
let client: ProtocolConnection
let uri: string
const published: { version?: number; diagnostics: Diagnostic[] }[] = []
let arrived: (() => void) | undefined

/** Waits for diagnostics of a version of the document. */
async function diagnosticsOf(version: number): Promise<Diagnostic[]> {
  for (;;) {
    const found = published.find((one) => one.version === version)
    if (found !== undefined) return found.diagnostics
    await new Promise<void>((resolve) => {
      arrived = resolve
    })
  }
}

function at(text: string, needle: string, plus = needle.length) {
  const before = text.slice(0, text.indexOf(needle) + plus)
  return {
    line: before.split('\n').length - 1,
    character: before.length - before.lastIndexOf('\n') - 1,
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-lsp-'))
  await mkdir(join(folder, 'detections'))
  const path = join(folder, 'detections/proc_creation_lnx_root.yml')
  await Bun.write(path, RULE)
  uri = pathToFileURL(path).href
  child = spawn(process.execPath, [TRAPLINE, 'lsp', '--stdio'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  client = createProtocolConnection(
    new StreamMessageReader(child.stdout!),
    new StreamMessageWriter(child.stdin!),
  )
  client.onNotification(
    'textDocument/publishDiagnostics',
    (params: { version?: number; diagnostics: Diagnostic[] }) => {
      published.push(params)
      arrived?.()
    },
  )
  client.listen()
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'test' }]
  const answer = await client.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders,
  })
  expect(answer).toMatchObject({
    serverInfo: { name: 'trapline' },
    capabilities: { hoverProvider: true },
  })
  await client.sendNotification('initialized', {})
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: RULE },
  })
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

const document = () => ({ uri })

describe('the language server', () => {
  test('publishes findings with their range and code', async () => {
    const found = await diagnosticsOf(1)
    const tag = found.find(({ code }) => code === 'tag-upper-case')
    expect(tag?.range).toEqual({
      start: { line: 10, character: 6 },
      end: { line: 10, character: 22 },
    })
    expect(found.find(({ code }) => code === 'field-unknown')?.message).toContain(
      'did you mean User?',
    )
  })

  test('offers a quick fix whose edits mend the text, and one that switches the check off', async () => {
    const range = { start: { line: 10, character: 8 }, end: { line: 10, character: 8 } }
    const context = { diagnostics: [] }
    const actions = await client.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: document(),
      range,
      context,
    })
    expect(actions.map(({ title }) => title)).toEqual([
      'write attack.t1505.003',
      'Switch tag-upper-case off for this line',
    ])
    const edits = actions[0]!.edit!.changes![uri]!
    const plain = edits.map((edit) => ({
      start: offsetAt(RULE, edit.range.start),
      end: offsetAt(RULE, edit.range.end),
      text: edit.newText,
    }))
    expect(applyEdits(RULE, plain)).toBe(RULE.replace('T1505', 't1505'))
  })

  test('takes changes of a range and publishes again', async () => {
    const start = at(RULE, 'Usr', 0)
    const range = { start, end: { line: start.line, character: start.character + 3 } }
    const textDocument = { uri, version: 2 }
    await client.sendNotification('textDocument/didChange', {
      textDocument,
      contentChanges: [{ range, text: 'User' }],
    })
    const found = await diagnosticsOf(2)
    expect(found.map(({ code }) => code)).not.toContain('field-unknown')
  })

  test.each([
    ['fields of the log source', '        Us', 'User'],
    ['modifiers after a bar', '        Image|end', 'endswith'],
    ['selections in a condition', '    condition: sel', 'selection'],
  ])('completes %s', async (_what, typed, label) => {
    const text = typed.startsWith('    c')
      ? RULE.replace('    condition: selection', typed)
      : RULE.replace('        Usr: root', typed)
    await change(text)
    const items = await client.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: document(),
      position: at(text, typed),
    })
    expect(items.map((item) => item.label)).toContain(label)
  })

  test('completes tags with the names of techniques, over what is typed', async () => {
    const text = RULE.replace('attack.T1505.003', 'attack.t150')
    await change(text)
    const position = at(text, 'attack.t150')
    const items = await client.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: document(),
      position,
    })
    const item = items.find(({ label }) => label === 'attack.t1505.003')!
    expect(item).toMatchObject({ detail: 'Web Shell' })
    expect(item.textEdit).toMatchObject({
      range: { start: { character: 6 }, end: position },
      newText: 'attack.t1505.003',
    })
  })

  test.each([
    ['a technique', 'attack.T15', 'Web Shell'],
    ['a modifier', 'Image|ends', 'the value ends so'],
    ['a field', '        Ima', 'A field of'],
    ['a key', 'lev', 'How much an alert weighs'],
  ])('says what %s is', async (_what, needle, text) => {
    await change(RULE)
    const hover = await client.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: document(),
      position: at(RULE, needle),
    })
    expect((hover?.contents as { value: string } | undefined)?.value).toContain(text)
  })

  test('answers what it does not speak with an error, not with silence', async () => {
    await expect(client.sendRequest('textDocument/rename', {})).rejects.toThrow('not spoken here')
    await expect(
      client.sendRequest('textDocument/hover', {
        textDocument: { uri: 'file:///none' },
        position: { line: 0, character: 0 },
      }),
    ).rejects.toThrow('is not open')
  })

  test('ends with 0 after shutdown and exit', async () => {
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    expect(await client.sendRequest('shutdown')).toBeNull()
    await client.sendNotification('exit')
    expect(await ended).toBe(0)
    client.dispose()
  })
})

let version = 10
async function change(text: string) {
  const textDocument = { uri, version: version++ }
  await client.sendNotification('textDocument/didChange', {
    textDocument,
    contentChanges: [{ text }],
  })
}
