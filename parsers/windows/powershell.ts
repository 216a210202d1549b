// What PowerShell's events hold as lines of text: the host, its application, the engine, the user. Classic
// events write `HostApplication=..`, module logging `Host Application = ..`; both get the first name.
import type { FieldValue } from '../../sigma/event.ts'

type Writable = { [name: string]: FieldValue }

/** Longest text that is searched for lines, UTF-16 units. */
const CONTEXT_UNITS_MAX = 65_536
const CLASSIC_LINE = /^\s*([A-Z][A-Za-z]{2,40})=(.*)$/
const CONTEXT_LINE = /^\s*([A-Z][A-Za-z ]{2,40}?) = (.*)$/

/** Names of values that are no lines, by event id. */
const CLASSIC_NAMES: Readonly<Record<number, readonly string[]>> = {
  400: ['NewEngineState', 'PreviousEngineState'],
  403: ['NewEngineState', 'PreviousEngineState'],
  600: ['ProviderName', 'NewProviderState'],
}

/** Events of `Windows PowerShell`: the lines are in the last or middle value of the unnamed data. */
export function addClassicContext(
  fields: Writable,
  eventId: number,
  message: string | undefined,
): void {
  const { Data: data } = fields
  if (!Array.isArray(data)) {
    // Where only the message came, it has the lines.
    const text = typeof data === 'string' ? data : message
    if (text === undefined) return
    fields.Data ??= text
    addLines(fields, text, CLASSIC_LINE)
    return
  }
  CLASSIC_NAMES[eventId]?.forEach((name, index) => {
    const value = data[index]
    if (typeof value === 'string' && value !== '') fields[name] ??= value
  })
  for (const value of data) if (typeof value === 'string') addLines(fields, value, CLASSIC_LINE)
}

/** Event 4103: `ContextInfo`, in whatever language Windows wrote it. */
export function addModuleContext(fields: Writable): void {
  const { ContextInfo: context } = fields
  if (typeof context !== 'string') return
  addLines(fields, context, CONTEXT_LINE)
  if (fields.EngineVersion === undefined) addOrdered(fields, context)
}

/** Names of the context's lines in order: the first is how grave it is. */
const ORDERED = [
  ...['Severity', 'HostName', 'HostVersion', 'HostId', 'HostApplication', 'EngineVersion'],
  ...['RunspaceId', 'PipelineId', 'CommandName', 'CommandType', 'ScriptName', 'CommandPath'],
  ...['SequenceNumber', 'User', 'ConnectedUser', 'ShellId'],
]
const LABELLED = /^\s*[^=]{2,40}? = ?(.*)$/

/** Lines by their order, where the labels are not English. */
function addOrdered(fields: Writable, context: string): void {
  const lines = context.slice(0, CONTEXT_UNITS_MAX).trimEnd().split(/\r?\n/)
  if (lines.length !== ORDERED.length) return
  const values = lines.map((line) => LABELLED.exec(line)?.[1])
  if (!values.every((value) => value !== undefined)) return
  for (const [index, value] of values.entries()) {
    const name = ORDERED[index]!
    if (value !== '' && CONTEXT_NAMES.has(name)) fields[name] ??= value
  }
}

function addLines(fields: Writable, text: string, pattern: RegExp): void {
  if (!text.includes('=')) return
  for (const line of text.slice(0, CONTEXT_UNITS_MAX).split(/\r?\n/)) {
    const found = pattern.exec(line)
    if (found === null) continue
    const name = contextName(found[1]!)
    const value = found[2]!
    if (value !== '' && CONTEXT_NAMES.has(name)) fields[name] ??= value
  }
}

/** `Host ID` is `HostId` in classic events. */
function contextName(text: string): string {
  const joined = text.includes(' ') ? text.replaceAll(' ', '') : text
  return joined.endsWith('ID') ? `${joined.slice(0, -1)}d` : joined
}

const CONTEXT_NAMES: ReadonlySet<string> = new Set([
  ...['HostName', 'HostVersion', 'HostId', 'HostApplication', 'EngineVersion', 'RunspaceId'],
  ...['PipelineId', 'CommandName', 'CommandType', 'ScriptName', 'CommandPath', 'CommandLine'],
  ...['SequenceNumber', 'UserId', 'User', 'ConnectedUser', 'ShellId', 'ProviderName'],
  ...['NewProviderState', 'NewEngineState', 'PreviousEngineState', 'DetailSequence'],
  'DetailTotal',
])
