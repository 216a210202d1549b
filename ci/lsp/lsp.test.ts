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

const FAILED_ID = '7a0e5f3c-2b1d-4e6f-8a9b-0c1d2e3f4a5b'
const FAILED = `title: Failed Login
id: ${FAILED_ID}
name: ssh_failed
logsource: {product: linux}
detection: {s: {action: failed}, condition: s}
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
  await Bun.write(join(folder, 'detections/ssh_failed.yml'), FAILED)
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

  test('does not take a document for a double of itself', async () => {
    const found = (await diagnosticsOf(1)).map(({ code }) => `${code}`)
    expect(found.filter((code) => code.endsWith('-duplicate'))).toEqual([])
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

  describe.each([
    [
      'a correlation',
      'correlation:\n    type: event_count\n    rules:\n        - ^\n',
      ['ssh_failed', FAILED_ID],
    ],
    ['a correlation in one line', 'correlation:\n    rules: [ssh^]\n', ['ssh_failed']],
    [
      'rules of the same file',
      'title: Own\nname: own_rule\ndetection: {}\n---\ncorrelation:\n    rules:\n        - ^\n',
      ['own_rule', 'ssh_failed'],
    ],
    ['an alias', 'correlation:\n    aliases:\n        who:\n            ^\n', ['ssh_failed']],
    ['a condition', 'correlation:\n    condition: ssh^\n', ['ssh_failed', 'and', 'not']],
    ['what is compared', 'correlation:\n    condition:\n        ^\n', ['gte', 'field']],
    ['a filter', 'filter:\n    rules:\n        - ^\n', ['any', 'ssh_failed', FAILED_ID]],
  ])('completes the rules of %s', (what, marked, wanted) => {
    test('by name and id, with the title', async () => {
      const items = await completionsIn(`detections/${what.replaceAll(' ', '_')}.yml`, marked)
      const labels = items.map(({ label }) => label)
      expect(labels).toEqual(expect.arrayContaining(wanted))
      for (const { label, detail } of items)
        if (label === FAILED_ID) expect(detail).toBe('Failed Login')
    })
  })

  test('narrows many rules by what is typed, and says when there are more', async () => {
    const many = Array.from(
      { length: 1_200 },
      (_, n) => `title: Rule ${n}\nname: rule_${n}\ndetection: {}\n---\n`,
    ).join('')
    const ask = async (path: string, typed: string) => {
      const asked = await openAt(path, `${many}correlation:\n    rules:\n        - ${typed}^\n`)
      return client.sendRequest<unknown>('textDocument/completion', asked)
    }
    expect(await ask('detections/m1.yml', '')).toMatchObject({ isIncomplete: true })
    const narrowed = (await ask('detections/m2.yml', 'rule_119')) as CompletionItem[]
    expect(narrowed.map(({ label }) => label)).toContain('rule_1199')
    expect(new Set(narrowed.map(({ label }) => label)).size).toBe(11)
  })

  test.each([
    ['', '^', ['transformations', 'priority', 'vars']],
    ['a step', 'transformations:\n  - ^', ['id', 'type', 'rule_conditions']],
    ['a type', 'transformations:\n  - id: a\n    type: ^', ['field_name_mapping', 'hashes_fields']],
    [
      'keys of the type',
      'transformations:\n  - id: a\n    type: hashes_fields\n    ^',
      ['valid_hash_algos', 'field_prefix', 'rule_cond_op'],
    ],
    [
      'a value',
      'transformations:\n  - id: a\n    type: case\n    method: ^',
      ['lower', 'upper', 'snake_case'],
    ],
    [
      'a nested step',
      'transformations:\n  - type: nest\n    items:\n      - type: case\n        ^',
      ['method'],
    ],
    [
      'a condition',
      'transformations:\n  - type: case\n    rule_conditions:\n      - type: ^',
      ['logsource', 'tag', 'rule_attribute'],
    ],
    [
      'keys of a condition',
      'transformations:\n  - type: case\n    field_name_conditions:\n      - type: include_fields\n        ^',
      ['fields', 'mode'],
    ],
    [
      'a condition with a name',
      'transformations:\n  - type: case\n    detection_item_conditions:\n      one:\n        type: ^',
      ['match_string', 'is_null'],
    ],
  ])('completes pipelines: %s', async (what, marked, wanted) => {
    const items = await completionsIn(`pipelines/p_${what.replaceAll(' ', '_')}.yml`, marked)
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(wanted))
    const others = ['suffix', 'processing_item_id', 'title']
    if (what.startsWith('keys')) {
      for (const other of others) expect(items.map(({ label }) => label)).not.toContain(other)
    }
  })

  test.each([
    ['detections/h_c.yml', 'correlation:\n    rules:\n        - ssh^_failed\n', 'Failed Login'],
    [
      'detections/h_i.yml',
      `filter:\n    rules: [${FAILED_ID.slice(0, 9)}^${FAILED_ID.slice(9)}]\n`,
      'ssh_failed',
    ],
    ['detections/h_n.yml', 'correlation:\n    condition: ssh_fa^iled and x\n', 'A rule'],
    [
      'detections/h_a.yml',
      'correlation:\n  aliases:\n    who:\n      ssh_fa^iled: user\n',
      'Failed',
    ],
    [
      'pipelines/h_t.yml',
      'transformations:\n  - type: hashes_^fields\n',
      '`valid_hash_algos`: Algo',
    ],
    ['pipelines/h_k.yml', 'transformations:\n  - type: case\n    meth^od: upper\n', 'How.'],
    [
      'pipelines/h_r.yml',
      'transformations:\n  - type: http_place^holders\n',
      'Refused: it reads from',
    ],
    [
      'pipelines/h_f.yml',
      'transformations:\n  - type: case\n    rule_conditions:\n      - type: ta^g\n',
      'The rule has this tag',
    ],
    ['pipelines/h_p.yml', 'prior^ity: 10\n', 'smallest first'],
  ])('says what stands in %s', async (path, marked, wanted) => {
    const { textDocument, position } = await openAt(path, marked)
    const hover = await client.sendRequest<Hover | null>('textDocument/hover', {
      textDocument,
      position,
    })
    expect((hover?.contents as { value: string } | undefined)?.value).toContain(wanted)
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

/** Opens a document; `^` in its text is the position. */
async function openAt(path: string, marked: string) {
  const text = marked.replace('^', '')
  const textDocument = { uri: pathToFileURL(join(folder, path)).href }
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { ...textDocument, languageId: 'yaml', version: 1, text },
  })
  return { textDocument, position: at(marked, '^', 0) }
}

async function completionsIn(path: string, marked: string): Promise<CompletionItem[]> {
  return client.sendRequest('textDocument/completion', await openAt(path, marked))
}

let version = 10
async function change(text: string) {
  const textDocument = { uri, version: version++ }
  await client.sendNotification('textDocument/didChange', {
    textDocument,
    contentChanges: [{ text }],
  })
}
