// HAProxy: HTTP, HTTPS and TCP logs, `Connect from`, and errors of connections.
import type { Fields } from '../sigma/event.ts'
import { type DaemonLine, daemonLine } from './device/daemon.ts'
import {
  deviceEvent,
  hostOfUrl,
  put,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import {
  haproxyJsonFields,
  haproxyJsonTime,
  isHaproxyJson,
  isSurelyHaproxyJson,
} from './haproxy/json.ts'
import { readHttp, readTcp, START } from './haproxy/lines.ts'
import { JsonError, parseJsonObject } from './json-text.ts'
import { closedLogSource } from './logsource.ts'
import { parseTime } from './time.ts'
import { ipOf } from './values.ts'

const ACCESS = closedLogSource('haproxy', ['webserver'], ['haproxy'])
const OTHER = closedLogSource('haproxy', [], ['haproxy', 'syslog'])

const CONNECT =
  /^Connect from (\S{1,64}):(\d{1,5}) to (\S{1,64}):(\d{1,5}) \(([^/)]{1,128})\/(\w+)\)/

/** `www/1: `: a frontend and the number or address of its listener, in front of an error. */
const ERROR = /^[^\s/]{1,200}\/(?:\d{1,6}|[\dA-Fa-f.:]{2,45}:\d{1,5}): $/

function whereOf(start: RegExpExecArray, rest: string): string {
  const colon = rest.indexOf(': ')
  return colon < 0 || colon > 64 ? '' : `${start[4] ?? ''}${rest.slice(0, colon + 2)}`
}

function lineOf(input: ParserInput, context: ParseContext): DaemonLine {
  const line = daemonLine(input, context)
  return line.text.charCodeAt(0) === 0x20 ? { ...line, text: line.text.trimStart() } : line
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return jsonEvent(undefined, input.json, input.text, context)
  const { header, program, text } = lineOf(input, context)
  if (text.charCodeAt(0) === BRACE) {
    const json = parseJsonObject(text)
    if (json !== undefined && !(json instanceof JsonError)) {
      return jsonEvent(header, json, text, context)
    }
  }
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const start = START.exec(text.slice(0, 1024))
  if (start !== null) {
    const [whole, client = '', port, stamp = '', frontend = ''] = start
    put(fields, 'src_ip', client)
    put(fields, 'c-ip', client)
    put(fields, 'src_port', port)
    put(fields, 'frontend', frontend.replace(/~$/, ''))
    if (frontend.endsWith('~')) fields.ssl = true
    const rest = text.slice(whole.length)
    const access = readHttp(rest, fields) || readTcp(rest, fields)
    if (!access) addError(fields, frontend, rest)
    addPivots(fields, pivots, access)
    const time = parseTime(stamp, context)
    return deviceEvent(header, {
      time,
      logsource: access ? ACCESS : OTHER,
      message: text,
      fields,
      pivots,
    })
  }
  const connect = CONNECT.exec(text.slice(0, 512))
  if (connect !== null) {
    const [, client, port, server, serverPort, frontend, mode] = connect
    for (const [name, value] of Object.entries({
      src_ip: client,
      src_port: port,
      dst_ip: server,
    })) {
      put(fields, name, value)
    }
    put(fields, 'dst_port', serverPort)
    put(fields, 'frontend', frontend)
    put(fields, 'mode', mode)
    pivots.action = 'connect'
  } else if (program !== 'haproxy' && program !== 'hapee') {
    return { code: 'haproxy-no-line', message: 'no line of HAProxy' }
  }
  return deviceEvent(header, { logsource: OTHER, message: text, fields, pivots })
}

const BRACE = 0x7b

/** A log format of JSON, as operators write it. */
function jsonEvent(
  header: DaemonLine['header'],
  json: Fields,
  text: string,
  context: ParseContext,
): Parsed | EventError {
  if (!isHaproxyJson(json)) return { code: 'haproxy-no-line', message: 'JSON, no log line' }
  const fields = haproxyJsonFields(json)
  const pivots: WritablePivots = {}
  const access = fields['sc-status'] !== undefined || fields['cs-method'] !== undefined
  addPivots(fields, pivots, true)
  const time = haproxyJsonTime(json, context)
  const logsource = access ? ACCESS : OTHER
  return deviceEvent(header, { time, logsource, message: text, fields, pivots })
}

/** `frontend/1: SSL handshake failure`, `frontend/192.0.2.1:443: Timeout during SSL handshake`. */
function addError(fields: WritableFields, frontend: string, rest: string): void {
  const port = /^:(\d{1,5})(?=:)/.exec(rest)
  put(fields, 'dst_port', port?.[1])
  if (port !== null) put(fields, 'dst_ip', ipOf(frontend.slice(frontend.lastIndexOf('/') + 1)))
  fields.error = rest.slice(port?.[0].length ?? 0).replace(/^: /, '')
}

function addPivots(fields: WritableFields, pivots: WritablePivots, access: boolean): void {
  const status = fields['sc-status']
  if (typeof status === 'number') pivots.outcome = status < 400 ? 'success' : 'failure'
  else if (!access) pivots.outcome = 'failure'
  const url = fields['cs-uri-query']
  if (typeof url === 'string') {
    pivots.url = url
    const host = url.startsWith('/') ? undefined : hostOfUrl(url)
    if (host !== undefined) pivots.domain = host
  }
  const method = fields['cs-method']
  if (typeof method === 'string') pivots.action = method
}

export const haproxy: Parser = {
  name: 'haproxy',
  title: 'HAProxy (HTTP, TCP, connection errors)',
  aliases: ['hapee'],
  keys: ['frontend', 'frontend_name', 'ft', 'fe'],
  recognise(input, context) {
    if (input.json !== undefined) return isSurelyHaproxyJson(input.json)
    const { program, text } = lineOf(input, context)
    if (program === 'haproxy' || program === 'hapee') return true
    if (text.startsWith('Connect from ')) return CONNECT.test(text.slice(0, 512))
    const start = START.exec(text.slice(0, 1024))
    if (start === null) return false
    const rest = text.slice(start[0].length)
    return ERROR.test(whereOf(start, rest)) || readHttp(rest, {}) || readTcp(rest, {})
  },
  parse,
}
