// What clients should not do and some do, against the server without its streams.
import { describe, expect, test } from 'bun:test'
import type { Finding } from '../../sigma/lint/check.ts'
import { fixUntilDone } from '../../sigma/lint/fix.ts'
import { checkContent, lintContent, lintFacts } from '../checks/content.ts'
import { applyChanges } from './documents.ts'
import type { CodeAction, TextEdit } from './protocol.ts'
import { createLanguageServer } from './server.ts'

const TODAY = '2026-11-21'
const RULE = `title: Root Shell.\r
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\r
tags:\r
    - attack.T1505.003   # \u{1F600}\r
logsource: {product: linux, category: process_creation}\r
detection:\r
    s:\r
        CommandLine|contains:\r
            - '*\u{1F600}curl*'   # \u{1F600} why\r
            - "wget"\r
    condition: s AND s\r
`

interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: { readonly uri?: string; readonly diagnostics?: readonly unknown[] }
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

function start(find?: (text: string) => Promise<readonly Finding[]>) {
  const sent: Message[] = []
  let arrived: (() => void) | undefined
  const server = createLanguageServer({
    facts: lintFacts({ today: TODAY }),
    find: async (file) =>
      find?.(file.text) ?? checkContent([file], { today: TODAY, complete: false }),
    send: (message) => {
      sent.push(message as Message)
      arrived?.()
    },
    delay_ms: 0,
  })
  let id = 0
  const raw = async (message: unknown) => {
    await server.receive(typeof message === 'string' ? message : JSON.stringify(message))
  }
  return {
    sent,
    raw,
    exit: () => server.receive('{"jsonrpc":"2.0","method":"exit"}'),
    notify: (method: string, params: unknown) => raw({ jsonrpc: '2.0', method, params }),
    request: async (method: string, params: unknown = {}) => {
      await raw({ jsonrpc: '2.0', id: ++id, method, params })
      return sent.find((one) => one.id === id)!
    },
    /** Waits for a message. */
    next: async (wanted: (message: Message) => boolean) => {
      for (;;) {
        const found = sent.find(wanted)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
  }
}

const textDocument = (text: string, version = 1, uri = 'untitled:One') => ({
  textDocument: { uri, languageId: 'yaml', version, text },
})

describe('a client that does not keep to the protocol', () => {
  test('is told that initialize comes first, and once', async () => {
    const { request } = start()
    expect((await request('textDocument/hover')).error?.code).toBe(-32002)
    expect((await request('initialize')).result).toMatchObject({ serverInfo: {} })
    expect((await request('initialize')).error?.code).toBe(-32600)
  })

  test('may open folders that are on no disk of this machine', async () => {
    const { request } = start()
    const workspaceFolders = [{ uri: 'file://host/share' }, { uri: 'vscode-vfs://x/y' }, {}]
    expect((await request('initialize', { workspaceFolders })).error).toBeUndefined()
  })

  test('gets an error for parameters that are none, and the text stays', async () => {
    const { request, notify, sent } = start()
    await request('initialize')
    await notify('textDocument/didOpen', {})
    await notify('textDocument/didOpen', { textDocument: { uri: 'untitled:One' } })
    await notify('textDocument/didOpen', textDocument(RULE))
    for (const contentChanges of [undefined, [{}], [{ text: 'x', range: { start: {} } }]])
      await notify('textDocument/didChange', { ...textDocument('', 2), contentChanges })
    const logged = sent.filter(({ method }) => method === 'window/logMessage')
    expect(logged.length).toBe(5)
    const at = { textDocument: { uri: 'untitled:One' } }
    for (const method of ['completion', 'hover', 'codeAction'])
      expect((await request(`textDocument/${method}`, at)).error?.code).toBe(-32602)
    const found = await request('textDocument/hover', {
      ...at,
      position: { line: 3, character: 16 },
    })
    expect(JSON.stringify(found.result)).toContain('T1505.003')
  })

  test('gets an error for text that is no message, and an answer to the next', async () => {
    const { raw, request, sent } = start()
    for (const text of ['{', '[]', 'null', '"x"']) await raw(text)
    expect(sent.map(({ error }) => error?.code)).toEqual([-32700, -32700, -32700, -32700])
    expect((await request('initialize')).error).toBeUndefined()
  })

  test('ends with 1 when it exits without a shutdown', async () => {
    const { request, exit } = start()
    await request('initialize')
    expect(await exit()).toBe(1)
    expect((await request('shutdown')).result).toBeNull()
    expect((await request('textDocument/hover')).error?.code).toBe(-32600)
    expect(await exit()).toBe(0)
  })
})

test('a document that is opened again shows its own findings, not those of the one that was closed', async () => {
  const waiting = new Map<string, (findings: readonly Finding[]) => void>()
  const { request, notify, next, sent } = start(
    (text) => new Promise((resolve) => waiting.set(text, resolve)),
  )
  const finding = (message: string): Finding => ({
    ...{ code: 'x', severity: 'info', message, path: '', line: 1, column: 1 },
  })
  const asked = async (text: string) => {
    while (!waiting.has(text)) await Bun.sleep(1)
  }
  await request('initialize')
  await notify('textDocument/didOpen', textDocument('old'))
  await asked('old')
  await notify('textDocument/didClose', textDocument('old'))
  await notify('textDocument/didOpen', textDocument('new'))
  await asked('new')
  waiting.get('old')!([finding('of old')])
  waiting.get('new')!([finding('of new')])
  await next(({ params }) => JSON.stringify(params?.diagnostics ?? '').includes('of new'))
  expect(JSON.stringify(sent)).not.toContain('of old')
})

test('quick fixes of safe findings do what --fix does, byte for byte', async () => {
  const { request, notify } = start()
  await request('initialize')
  const uri = 'untitled:One'
  let text = RULE
  await notify('textDocument/didOpen', textDocument(text))
  for (let version = 2; version < 20; version++) {
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } }
    const { result } = await request('textDocument/codeAction', { textDocument: { uri }, range })
    const fix = (result as CodeAction[]).find(({ isPreferred }) => isPreferred)
    const edits: readonly TextEdit[] = fix?.edit.changes[uri] ?? []
    if (edits.length === 0) break
    // From the end on, so that the places of the others stay.
    const contentChanges = [...edits]
      .sort((a, b) => b.range.start.line - a.range.start.line)
      .map((edit) => ({ range: edit.range, text: edit.newText }))
    text = applyChanges(text, contentChanges)
    await notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges })
  }
  const find = (file: { path: string; text: string }) =>
    lintContent([file], { today: TODAY, complete: false })
  expect(text).not.toBe(RULE)
  expect(text).toBe(fixUntilDone({ path: uri, text: RULE }, find).text)
  expect(text.match(/(?<!\r)\n/)).toBeNull()
})
