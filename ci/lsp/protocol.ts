// The parts of the language server protocol 3.17 that are spoken here.

export interface Position {
  readonly line: number
  readonly character: number
}

export interface Range {
  readonly start: Position
  readonly end: Position
}

export interface TextEdit {
  readonly range: Range
  readonly newText: string
}

export interface Diagnostic {
  readonly range: Range
  readonly severity: 1 | 2 | 3 | 4
  readonly code: string
  readonly source: string
  readonly message: string
}

export interface CompletionItem {
  readonly label: string
  readonly kind: number
  readonly detail?: string
  readonly documentation?: string
  readonly textEdit?: TextEdit
}

export interface Hover {
  readonly contents: { readonly kind: 'markdown'; readonly value: string }
  readonly range?: Range
}

export interface CodeAction {
  readonly title: string
  readonly kind: 'quickfix'
  readonly diagnostics: readonly Diagnostic[]
  readonly isPreferred?: boolean
  readonly edit: { readonly changes: Readonly<Record<string, readonly TextEdit[]>> }
}

/** `CompletionItemKind`s. */
export const KIND = { field: 5, value: 12, keyword: 14, property: 10, function: 3 } as const

/** Error codes of JSON-RPC and of the protocol. */
export const RPC = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  notReady: -32002,
  cancelled: -32800,
} as const
