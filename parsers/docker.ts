// Docker's json-file driver and Kubernetes' container runtime (CRI): the container's line is the message,
// and is read as what it is where its format is known.
import type { FieldValue, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { isoAt, parseTime } from './time.ts'

/** Keys that the driver writes. */
const KEYS: ReadonlySet<string> = new Set(['log', 'stream', 'time', 'attrs'])
const STREAM = /^ (stdout|stderr) ([FP])(?: |$)/

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  if (json === undefined) return criLine(text, context)
  const { log, stream } = json
  if (typeof log !== 'string') {
    return { code: 'docker-no-log', message: 'no line of the json-file driver: log is missing' }
  }
  const time = parseTime(json.time, context)
  return {
    ...(time === undefined ? {} : { time }),
    logsource: OPEN_LOGSOURCE,
    pivots: pivotsOf(json),
    message: withoutEnd(log),
    fields: typeof stream === 'string' ? { ...json, log: withoutEnd(log) } : json,
    fieldsAreRaw: false,
  }
}

/** `2026-11-20T10:11:12.123456789Z stdout F text`. */
function criLine(text: string, context: ParseContext): Parsed | EventError {
  const found = isoAt(text, 0, context)
  const match = found === undefined ? null : STREAM.exec(text.slice(found.end, found.end + 12))
  if (found === undefined || match === null) {
    return {
      code: 'docker-no-line',
      message: 'no container line: time, stream and tag are missing',
    }
  }
  const log = text.slice(found.end + match[0].length)
  return {
    time: found.time,
    logsource: OPEN_LOGSOURCE,
    pivots: {},
    message: log,
    fields: { log, stream: match[1]!, logtag: match[2]! },
  }
}

function pivotsOf(json: { readonly [name: string]: FieldValue }): Pivots {
  const kubernetes = json.kubernetes
  const host = isFields(kubernetes) ? kubernetes.host : undefined
  return typeof host === 'string' && host !== '' ? { host } : {}
}

function withoutEnd(line: string): string {
  return line.endsWith('\r\n') ? line.slice(0, -2) : line.endsWith('\n') ? line.slice(0, -1) : line
}

export const docker: Parser = {
  name: 'docker',
  title: 'Docker json-file and Kubernetes container logs',
  aliases: ['container', 'containerd', 'cri'],
  keys: ['log'],
  recognise({ text, json }, context) {
    if (json === undefined) {
      const found = /^\d{4}-\d\d-\d\dT/.test(text) ? isoAt(text, 0, context) : undefined
      return found !== undefined && STREAM.test(text.slice(found.end, found.end + 12))
    }
    if (typeof json.log !== 'string' || typeof json.stream !== 'string') return false
    return json.time !== undefined && Object.keys(json).every((key) => KEYS.has(key))
  },
  parse,
  inner: (parsed) => (parsed.message === '' ? undefined : parsed.message),
}
