// The language server: messages in, messages out. It knows no streams; `ci/commands/lsp.ts` has them.
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import type { LintFacts } from '../../sigma/lint/facts.ts'
import { completionsAt, ITEMS_MAX } from '../checks/completion.ts'
import { type KnownRule, rulesIn } from '../checks/known-rules.ts'
import { actionsAt, diagnosticOf } from './diagnostics.ts'
import { applyChanges, fileOf, type OpenDocument, pathOf } from './documents.ts'
import { hoverAt } from './hover.ts'
import { type Position, RPC } from './protocol.ts'
import { isChanges, isPosition, isRange, type Message, messageOf } from './shapes.ts'

export interface ServerOptions {
  readonly facts: LintFacts
  /** Findings of one document, beside the other open ones and those of the workspace. */
  readonly find: (file: LintFile, open: readonly LintFile[]) => Promise<readonly Finding[]>
  /** Called with the paths of files that may have changed on disk. */
  readonly changed?: (paths: readonly string[]) => Promise<void>
  /** Rules and correlations of the workspace. */
  readonly rules?: () => readonly KnownRule[]
  /** Called with the workspace's folders once they are known. */
  readonly open?: (folders: readonly string[]) => Promise<void>
  readonly send: (message: unknown) => void
  /** Milliseconds after the last keystroke before findings are looked for. */
  readonly delay_ms?: number
}

/** How an exit was asked for: the exit code, 0 only after `shutdown`. */
export interface LanguageServer {
  /** Takes one message; resolves with an exit code when it was `exit`. A cancelled request is only answered. */
  receive(text: string, isCancelled?: boolean): Promise<number | undefined>
}

const DELAY_MS = 150
const CAPABILITIES = {
  textDocumentSync: { openClose: true, change: 2, save: true },
  completionProvider: { triggerCharacters: ['|', '.', ' ', ':'] },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix'] },
}

interface State {
  readonly options: ServerOptions
  readonly documents: Map<string, OpenDocument>
  readonly found: WeakMap<OpenDocument, readonly Finding[]>
  readonly timers: Map<string, ReturnType<typeof setTimeout>>
  phase: 'new' | 'ready' | 'down'
}

class RpcError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** A language server before its `initialize`. */
export function createLanguageServer(options: ServerOptions): LanguageServer {
  const state: State = {
    options,
    documents: new Map(),
    found: new WeakMap(),
    timers: new Map(),
    phase: 'new',
  }
  return {
    async receive(text, isCancelled = false) {
      const message = messageOf(text)
      if (message === undefined) {
        sendError(options, null, RPC.parse, 'this is no JSON object')
        return undefined
      }
      if (message.method === 'exit') {
        for (const timer of state.timers.values()) clearTimeout(timer)
        return state.phase === 'down' ? 0 : 1
      }
      if (isCancelled && message.id !== undefined)
        sendError(options, message.id, RPC.cancelled, 'cancelled')
      else if (message.method !== undefined) await answer(state, message)
      return undefined
    },
  }
}

function sendError({ send }: ServerOptions, id: unknown, code: number, message: string): void {
  send({ jsonrpc: '2.0', id, error: { code, message } })
}

async function answer(state: State, { id, method = '', params = {} }: Message): Promise<void> {
  const { send } = state.options
  try {
    const result = await handle(state, method, params, id !== undefined)
    if (id !== undefined) send({ jsonrpc: '2.0', id, result: result ?? null })
  } catch (error) {
    const code = error instanceof RpcError ? error.code : RPC.internal
    const message = error instanceof Error ? error.message : String(error)
    if (id !== undefined) sendError(state.options, id, code, message)
    else
      send({
        jsonrpc: '2.0',
        method: 'window/logMessage',
        params: { type: 1, message: `${method}: ${message}` },
      })
  }
}

type Params = Readonly<Record<string, unknown>>

async function handle(
  state: State,
  method: string,
  params: Params,
  isRequest: boolean,
): Promise<unknown> {
  if (method === 'initialize') {
    if (state.phase !== 'new') throw new RpcError(RPC.request, 'initialize comes once')
    return initialize(state, params)
  }
  if (state.phase === 'new') {
    if (isRequest) throw new RpcError(RPC.notReady, 'initialize comes first')
    return undefined
  }
  if (state.phase === 'down' && isRequest)
    throw new RpcError(RPC.request, 'the server is shut down')
  const document = () => documentOf(state, params)
  switch (method) {
    case 'shutdown':
      state.phase = 'down'
      return null
    case 'textDocument/didOpen':
      return didOpen(state, params)
    case 'textDocument/didChange':
      return didChange(state, params)
    case 'textDocument/didClose':
      return didClose(state, params)
    case 'textDocument/didSave':
      return state.options.changed?.([pathOf(document())])
    case 'workspace/didChangeWatchedFiles':
      return state.options.changed?.(changedPaths(params))
    case 'textDocument/completion':
      return complete(state, document(), positionIn(params))
    case 'textDocument/hover':
      return hoverAt(document().text, positionIn(params), {
        facts: state.options.facts,
        path: pathOf(document()),
        rules: knownRules(state, document()),
      })
    case 'textDocument/codeAction':
      return actions(state, document(), params.range)
    default:
      if (isRequest) throw new RpcError(RPC.method, `${method} is not spoken here`)
      return undefined
  }
}

async function actions(state: State, document: OpenDocument, range: unknown): Promise<unknown> {
  if (!isRange(range)) throw new RpcError(RPC.params, 'range is missing')
  return actionsAt(document, await findingsOf(state, document), range)
}

function positionIn({ position }: Params): Position {
  if (!isPosition(position)) throw new RpcError(RPC.params, 'position is missing')
  return position
}

/** The items of a position; the client asks again as more is typed when they were cut. */
function complete(state: State, document: OpenDocument, position: Position): unknown {
  const rules = knownRules(state, document)
  const { facts } = state.options
  const items = completionsAt(document.text, position, facts, pathOf(document), rules)
  return items.length < ITEMS_MAX ? items : { isIncomplete: true, items }
}

/** What the document may name: its own rules, those of other open documents, those of the workspace. */
function knownRules({ options, documents }: State, own: OpenDocument): readonly KnownRule[] {
  const open = [own, ...[...documents.values()].filter(({ uri }) => uri !== own.uri)]
  const paths = new Set(open.map(pathOf))
  const others = (options.rules?.() ?? []).filter(({ path }) => !paths.has(path))
  return [...open.flatMap((one) => rulesIn(pathOf(one), one.text)), ...others]
}

async function initialize(state: State, params: Params): Promise<unknown> {
  const folders = Array.isArray(params.workspaceFolders)
    ? (params.workspaceFolders as { uri?: unknown }[]).map(({ uri }) => uri)
    : [params.rootUri]
  const paths = folders
    .flatMap((uri) => {
      const path = typeof uri === 'string' ? pathOf({ uri }) : ''
      return path === uri ? [] : [path]
    })
    .filter((path) => path !== '')
  await state.options.open?.(paths)
  state.phase = 'ready'
  return { capabilities: CAPABILITIES, serverInfo: { name: 'trapline' } }
}

function uriIn(params: Params): string {
  const uri = (params.textDocument as { uri?: unknown } | undefined)?.uri
  if (typeof uri !== 'string') throw new RpcError(RPC.params, 'textDocument.uri is missing')
  return uri
}

function documentOf(state: State, params: Params): OpenDocument {
  const document = state.documents.get(uriIn(params))
  if (document === undefined) throw new RpcError(RPC.params, `${uriIn(params)} is not open`)
  return document
}

function didOpen(state: State, params: Params): void {
  const uri = uriIn(params)
  const { version, text } = params.textDocument as OpenDocument
  if (typeof text !== 'string') throw new RpcError(RPC.params, 'textDocument.text is missing')
  state.documents.set(uri, { uri, version, text })
  soon(state, uri)
}

function didChange(state: State, params: Params): void {
  const document = documentOf(state, params)
  const { version } = params.textDocument as OpenDocument
  const changes = params.contentChanges
  if (!isChanges(changes)) throw new RpcError(RPC.params, 'contentChanges are no changes')
  const text = applyChanges(document.text, changes)
  state.documents.set(document.uri, { uri: document.uri, version, text })
  soon(state, document.uri)
}

async function didClose(state: State, params: Params): Promise<void> {
  const uri = uriIn(params)
  clearTimeout(state.timers.get(uri))
  state.timers.delete(uri)
  state.documents.delete(uri)
  publish(state, uri, [])
  await state.options.changed?.([pathOf({ uri })])
}

function changedPaths({ changes }: Params): readonly string[] {
  if (!Array.isArray(changes)) throw new RpcError(RPC.params, 'changes are missing')
  return changes.flatMap((change: { uri?: unknown } | null) =>
    typeof change?.uri === 'string' ? [pathOf({ uri: change.uri })] : [],
  )
}

/** Looks for findings after a moment without another keystroke. */
function soon(state: State, uri: string): void {
  clearTimeout(state.timers.get(uri))
  const timer = setTimeout(() => {
    state.timers.delete(uri)
    const document = state.documents.get(uri)
    if (document !== undefined) void refresh(state, document)
  }, state.options.delay_ms ?? DELAY_MS)
  state.timers.set(uri, timer)
}

async function refresh(state: State, document: OpenDocument): Promise<void> {
  try {
    const findings = await findingsOf(state, document)
    if (state.documents.get(document.uri) !== document) return
    publish(
      state,
      document.uri,
      findings.map((finding) => diagnosticOf(document.text, finding)),
      document.version,
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    state.options.send({
      jsonrpc: '2.0',
      method: 'window/logMessage',
      params: { type: 1, message },
    })
  }
}

async function findingsOf(state: State, document: OpenDocument): Promise<readonly Finding[]> {
  const known = state.found.get(document)
  if (known !== undefined) return known
  const others = [...state.documents.values()].filter(({ uri }) => uri !== document.uri)
  const findings = await state.options.find(fileOf(document), others.map(fileOf))
  state.found.set(document, findings)
  return findings
}

function publish(
  state: State,
  uri: string,
  diagnostics: readonly unknown[],
  version?: number,
): void {
  const params = { uri, diagnostics, ...(version === undefined ? {} : { version }) }
  state.options.send({ jsonrpc: '2.0', method: 'textDocument/publishDiagnostics', params })
}
