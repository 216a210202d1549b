// `key=value key="quoted value"` lines of unknown make: the keys as they are, and what common names mean.
import { findCommon } from './common.ts'
import { deviceEvent, type WritableFields } from './device/event.ts'
import { readPairs } from './device/pairs.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'

/** Pairs that a line must have to be recognised as one of them. */
const PAIRS_MIN = 3
const FIRST_PAIRS = /^[\w.@/-]{1,64}=(?:"[^"]{0,512}"|[^\s"]{0,256})[\s,]+[\w.@/-]{1,64}=/
const BLANK = 0x20

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'logfmt-no-pairs', message: 'JSON, no pairs' }
  const { header, text } = bodyOf(input.text, context)
  const fields: WritableFields = {}
  const count = readPairs(text, 0, BLANK, (name, value) => {
    if (name !== '__proto__' && fields[name] === undefined) fields[name] = value
  })
  if (count === 0) return { code: 'logfmt-no-pairs', message: 'no name=value pair' }
  const { time, message, pivots } = findCommon(fields, undefined, context)
  return deviceEvent(header, {
    time,
    logsource: OPEN_LOGSOURCE,
    message: message ?? text,
    fields,
    pivots,
  })
}

function bodyOf(
  text: string,
  context: ParseContext,
): { readonly header?: SyslogLine; readonly text: string } {
  if (FIRST_PAIRS.test(text.slice(0, 1024))) return { text }
  const header = splitSyslog(text, context)
  return header === undefined ? { text } : { header, text: header.message }
}

export const logfmt: Parser = {
  name: 'logfmt',
  title: 'logfmt and other key=value lines',
  aliases: ['kv', 'keyvalue', 'key_value'],
  keys: [],
  recognise(input) {
    if (input.json !== undefined || !FIRST_PAIRS.test(input.text.slice(0, 1024))) return false
    let words = 0
    const count = readPairs(input.text.slice(0, 2048), 0, BLANK, () => words++)
    return count >= PAIRS_MIN && words === count
  },
  parse,
}
