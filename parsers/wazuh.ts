// Wazuh's alerts.json, archives.json and syslog output: the alert's own fields, and the event it is about read as what it
// is: a Windows event under `data.win`, or the original line.
import type { Fields, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { compileMapping } from './mapping/compile.ts'
import { applyMapping } from './mapping/parser.ts'
import table from './mappings/wazuh.yml' with { type: 'yaml' }
import { syslogAlert } from './wazuh/syslog.ts'
import { wazuhEvent } from './wazuh/win.ts'
import { windows } from './windows.ts'

const own = compileMapping(table)

function parse({ text, json: whole }: ParserInput, context: ParseContext): Parsed | EventError {
  const sent = whole === undefined ? syslogAlert(text, context) : undefined
  const parsed = alertEvent(whole ?? sent?.json, context)
  if (sent === undefined || 'code' in parsed) return parsed
  return { ...parsed, ...(sent.time === undefined ? {} : { time: sent.time }), fieldsAreRaw: false }
}

function alertEvent(given: Fields | undefined, context: ParseContext): Parsed | EventError {
  const json = given === undefined ? undefined : alertOf(given)
  if (json === undefined || !own.accepts(json)) {
    return { code: 'wazuh-no-alert', message: 'no Wazuh alert: rule, agent or manager missing' }
  }
  const mapping = context.mappings?.get('wazuh') ?? own
  const outer = applyMapping(mapping, json, context, json === given)
  if ('code' in outer) return outer
  const win = isFields(json.data) ? json.data.win : undefined
  return isFields(win) ? overWindows(outer, win, context) : outer
}

/** The alert inside an indexer's document. */
function alertOf(json: Fields): Fields {
  const { _source: source } = json
  return isFields(source) && (source.agent !== undefined || source.manager !== undefined)
    ? source
    : json
}

/** The Windows event that an alert is about, laid over the alert. */
function overWindows(outer: Parsed, win: Fields, context: ParseContext): Parsed {
  const event = wazuhEvent(win)
  if (event === undefined) return outer
  const inner = windows.parse({ text: '', json: event }, context)
  if ('code' in inner) return outer
  const { severity, ...pivots } = { ...outer.pivots, ...inner.pivots }
  const kept = outer.pivots.severity ?? severity
  const own: Pivots = kept === undefined ? pivots : { ...pivots, severity: kept }
  return {
    ...inner,
    ...(inner.time === undefined && outer.time !== undefined ? { time: outer.time } : {}),
    pivots: own,
    message: outer.message === '' ? inner.message : outer.message,
    fields: { ...outer.fields, ...inner.fields },
    fieldsAreRaw: false,
  }
}

export const wazuh: Parser = {
  name: 'wazuh',
  title: 'Wazuh alerts and archives',
  aliases: ['ossec', 'wazuh_alerts'],
  keys: ['rule', 'agent', '_source'],
  recognise: ({ text, json }, context) =>
    json === undefined ? syslogAlert(text, context) !== undefined : own.recognises(alertOf(json)),
  parse,
  inner({ fields }) {
    const { full_log: line, data } = fields
    if (isFields(data) && data.win !== undefined) return undefined
    return typeof line === 'string' && line !== '' ? line : undefined
  },
}
