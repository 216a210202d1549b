// Data out of messages that Windows rendered with a line for each value, for carriers that bring nothing else:
// Sysmon's (`Image: C:\..`), PowerShell's, those of new services and of Defender.
import type { FieldValue } from '../../sigma/event.ts'
import { allNames } from './inserts.ts'

type Writable = { [name: string]: FieldValue }

/** Longest message that is looked at, UTF-16 units: scripts are long. */
const MESSAGE_UNITS_MAX = 262_144
const LINES_MAX = 512
const LINE = /^\s*([A-Z][A-Za-z ]{1,40}?)\s?:\s*(.*)$/

/** Labels of other messages whose names differ. */
const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  system: {
    'Service Name': 'ServiceName',
    'Service File Name': 'ImagePath',
    'Service Type': 'ServiceType',
    'Service Start Type': 'StartType',
    'Service Account': 'AccountName',
  },
  windefend: {
    Name: 'ThreatName',
    ID: 'ThreatID',
    Severity: 'SeverityName',
    Category: 'CategoryName',
    Path: 'Path',
    'Detection Origin': 'OriginName',
    'Detection Type': 'TypeName',
    'Detection Source': 'SourceName',
    User: 'DetectionUser',
    'Process Name': 'ProcessName',
    'Old value': 'OldValue',
    'New value': 'NewValue',
    Action: 'ActionName',
  },
}

/** Adds what a message says, where the field is free. */
export function addRenderedLines(
  fields: Writable,
  message: string,
  service: string,
  eventId: number,
): void {
  const text = message.slice(0, MESSAGE_UNITS_MAX)
  if (service === 'powershell') addScript(fields, text, eventId)
  else if (service === 'sysmon') addSysmon(fields, text, eventId)
  else addLabels(fields, text, LABELS[service] ?? {})
}

/** Sysmon's labels are the names; collectors may have put the lines into one. */
function addSysmon(fields: Writable, text: string, eventId: number): void {
  const isInLines = text.includes('\n')
  let at = 0
  const starts: { name: string; start: number; value: number }[] = []
  for (const name of allNames('sysmon', eventId)) {
    const start = labelAt(text, name, at, isInLines)
    if (start < 0) continue
    at = start + name.length + 1
    starts.push({ name, start, value: at })
  }
  for (const [index, { name, value }] of starts.entries()) {
    const end = starts[index + 1]?.start ?? text.length
    const found = text.slice(value, end).trim()
    if (found !== '') fields[name] ??= found
  }
}

/** Where a label stands: at the start of a line, or behind a blank where there are no lines. */
function labelAt(text: string, name: string, from: number, isInLines: boolean): number {
  for (let at = text.indexOf(`${name}:`, from); at >= 0; at = text.indexOf(`${name}:`, at + 1)) {
    const before = text.charCodeAt(at - 1)
    if (isInLines ? before === 0x0a : before <= 0x20) return at
  }
  return -1
}

const SCRIPT = /^Creating Scriptblock text \((\d{1,5}) of (\d{1,5})\):\s?\r?\n?/i

/** `Creating Scriptblock text (1 of 1):`, the script, its id and path; or the context of a command. */
function addScript(fields: Writable, text: string, eventId: number): void {
  const head = eventId === 4104 ? SCRIPT.exec(text) : null
  if (head !== null) {
    const end = text.lastIndexOf('ScriptBlock ID:')
    const script = text.slice(head[0].length, end < 0 ? undefined : end)
    fields.MessageNumber ??= head[1]!
    fields.MessageTotal ??= head[2]!
    fields.ScriptBlockText ??= script.trimEnd()
    if (end < 0) return
    const tail = /^ScriptBlock ID:\s*([\w-]{1,64})\s*(?:Path:\s*(.*))?$/s.exec(text.slice(end))
    if (tail?.[1] !== undefined) fields.ScriptBlockId ??= tail[1]
    if (tail?.[2] !== undefined) fields.Path ??= tail[2].trim()
  } else if (eventId === 4103) {
    const context = text.indexOf('Context:')
    if (context < 0) return
    fields.Payload ??= text.slice(0, context).trim()
    fields.ContextInfo ??= text.slice(context + 'Context:'.length).trim()
  }
}

function addLabels(fields: Writable, text: string, labels: Readonly<Record<string, string>>): void {
  for (const line of text.split(/\r?\n/, LINES_MAX)) {
    const found = LINE.exec(line)
    const name = found === null ? undefined : labels[found[1]!]
    const value = found?.[2]?.trim()
    if (name !== undefined && value !== undefined && value !== '') fields[name] ??= value
  }
}
