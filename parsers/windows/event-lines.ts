// Windows events as text that agents and tools write: Splunk's lines of names and values, QRadar's WinCollect, NXLog's
// structured data, CloudWatch's agent, OSSEC, the Eventlog to Syslog service, Windows' consoles. Each to flat JSON.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { readPairs } from '../device/pairs.ts'
import { readStructuredData } from '../structured-data.ts'
import { consoleText, isConsoleText } from './console-text.ts'
import { looksLikeSnare, readSnare } from './snare.ts'
import { hasSplunkLine, isSplunkText, splunkLine, splunkText, writerOf } from './splunk-text.ts'

/** Marks stand behind a syslog header. */
const MARK_WITHIN = 400
/** Names and values in front of a message, at most. */
const PAIRS_MAX = 64

type Writable = { [name: string]: FieldValue }

/** Whether a text is one of these, or Snare's. Cheap: this is asked of every line of text. */
export function looksLikeEventLine(line: string): boolean {
  return readerOf(line) !== undefined
}

/** The event as flat JSON; undefined when the text is none of these. */
export function readEventLine(line: string): Fields | undefined {
  const read = readerOf(line)
  if (read !== undefined) return read()
  const auditing = line.indexOf(EVTSYS_MARK)
  if (auditing >= 0 && auditing <= MARK_WITHIN) return evtsys(line, auditing)
  return hasSplunkLine(line) ? splunkLine(line) : pairsEvent(line)
}

/** What reads a line that surely is one of these. */
function readerOf(line: string): (() => Fields | undefined) | undefined {
  const first = line.charCodeAt(0)
  if (first === 0x5b && CLOUDWATCH.test(line)) return () => cloudWatch(line)
  const data = line.indexOf('[NXLOG@')
  if (data >= 0 && data <= MARK_WITHIN) return () => nxlogSyslog(line, data)
  if (isSplunkText(line)) return () => splunkText(line)
  if (isConsoleText(line)) return () => consoleText(line)
  const word = line.indexOf('Win')
  if (word < 0 || word > MARK_WITHIN) return undefined
  if (looksLikeSnare(line)) return () => readSnare(line)
  const device = line.indexOf('AgentDevice=Windows')
  if (device >= 0 && device <= MARK_WITHIN) return () => winCollect(line, device)
  const log = line.indexOf('WinEvtLog: ')
  return log >= 0 && log <= MARK_WITHIN && OSSEC.test(line.slice(log, log + OSSEC_UNITS))
    ? () => ossec(line, log)
    : undefined
}

/** Longest head of OSSEC's form, UTF-16 units. */
const OSSEC_UNITS = 1024

const WINCOLLECT_NAMES: Readonly<Record<string, string>> = {
  AgentLogFile: 'Channel',
  Source: 'SourceName',
  TimeGenerated: 'EventTime',
  Level: 'LevelDisplayName',
}

/** `AgentDevice=WindowsLog<tab>AgentLogFile=Security<tab>..<tab>Message=..`; relays make blanks of the tabs. */
function winCollect(line: string, at: number): Fields | undefined {
  const body = line.slice(at)
  const message = /[\t ]Message=/.exec(body)
  const head = message === null ? body : body.slice(0, message.index)
  const out: Writable = {}
  const pairs = head.includes('\t') ? head.split('\t') : head.split(/ (?=[A-Z][A-Za-z]{1,32}=)/)
  for (const pair of pairs.slice(0, PAIRS_MAX)) {
    const equals = pair.indexOf('=')
    const value = pair.slice(equals + 1).trim()
    if (equals <= 0 || value === '') continue
    const name = pair.slice(0, equals)
    if (name === 'User') Object.assign(out, writerOf(value))
    else out[WINCOLLECT_NAMES[name] ?? name] = name === 'TimeGenerated' ? Number(value) : value
  }
  if (message !== null) out.Message = body.slice(message.index + message[0].length).trim()
  return out.Channel === undefined || out.EventID === undefined ? undefined : out
}

/** `[NXLOG@14506 EventID="4688" Channel="Security" ..] message`. */
function nxlogSyslog(line: string, at: number): Fields | undefined {
  const data = readStructuredData(line, at)
  const element = Object.values(data?.elements ?? {})[0]
  if (element?.EventID === undefined) return undefined
  const head = line.slice(0, at).split(' ')
  const message = line.slice(data!.end).trim()
  return {
    EventTime: head[1] ?? '',
    Hostname: head[2] ?? '',
    ...element,
    ...(message === '' ? {} : { Message: message }),
  }
}

const CLOUDWATCH =
  /^\[([^\]]{1,128})\] \[([A-Z]{3,16})\] \[(\d{1,5})\] \[([^\]]{1,128})\] \[([^\]]{1,255})\] \[/

/** `[Security] [INFORMATION] [4688] [Provider] [host] [message]`. */
function cloudWatch(line: string): Fields | undefined {
  const match = CLOUDWATCH.exec(line)
  if (match === null) return undefined
  const [head, channel = '', level = '', id = '', provider = '', host = ''] = match
  const message = line.slice(head.length).trimEnd().replace(/\]$/, '')
  return {
    Channel: channel,
    LevelDisplayName: level,
    EventID: id,
    SourceName: provider,
    Computer: host,
    Message: message,
  }
}

const OSSEC =
  /WinEvtLog: ([^:]{1,128}): ([A-Z_]{4,16})\((\d{1,5})\): ([^:]{1,128}): ([^:]{0,128}): ([^:]{0,128}): ([^:]{1,255}): /
const OSSEC_TIME = /(\d{4}) ([A-Z][a-z]{2} \d\d) (\d\d:\d\d:\d\d) WinEvtLog/

/** `WinEvtLog: Security: AUDIT_SUCCESS(4688): Provider: user: DOMAIN: host: message`. */
function ossec(line: string, at: number): Fields | undefined {
  const match = OSSEC.exec(line.slice(at))
  if (match === null) return undefined
  const [head, channel = '', type = '', id = '', provider = '', , , host = ''] = match
  const time = OSSEC_TIME.exec(line.slice(0, at + 'WinEvtLog'.length))
  return {
    ...(time === null ? {} : { EventTime: `${time[2]} ${time[1]} ${time[3]}` }),
    Channel: channel,
    EventType: type,
    EventID: id,
    SourceName: provider,
    Computer: host,
    Message: line.slice(at + head.length),
  }
}

/** What the Eventlog to Syslog service calls the program, in its two versions. */
export const EVTSYS_PROGRAMS: ReadonlySet<string> = new Set([
  'Security-Auditing',
  'Microsoft-Windows-Security-Auditing',
])
const EVTSYS_MARK = 'Security-Auditing: '
const EVTSYS = /^Security-Auditing: (\d{4}): AUDIT_(SUCCESS|FAILURE) /
const EVTSYS_HEAD = /^(?:<\d{1,3}>)?(.{0,40}?) ([\w.-]{1,255}) (?:Microsoft-Windows-)?$/

/** The Eventlog to Syslog service: `Nov 20 10:11:12 dc1 Security-Auditing: 4624: AUDIT_SUCCESS message`. */
function evtsys(line: string, at: number): Fields | undefined {
  const found = EVTSYS.exec(line.slice(at))
  if (found === null) return undefined
  const [head, id = '', result = ''] = found
  const [, time, host] = EVTSYS_HEAD.exec(line.slice(0, at)) ?? []
  return {
    ...(time === undefined ? {} : { EventTime: time.replace(/^1 /, '') }),
    ...(host === undefined ? {} : { Computer: host }),
    Channel: 'Security',
    EventType: `AUDIT_${result}`,
    EventID: id,
    SourceName: 'Microsoft-Windows-Security-Auditing',
    Message: line.slice(at + head.length),
  }
}

const PAIRS =
  /(?:^|[\t ])((?:EventTime|Hostname|Keywords|EventType|Channel|SourceName)=".{0,400}\bEventID="?\d|EventID="?\d)/
const BLANK = 0x20

/** Whether a text is NXLog's names and values: `EventTime=".." Hostname=".." EventID="4624" Channel="Security"`. */
export function isPairsEvent(text: string): boolean {
  return /^\w{2,32}="/.test(text) && PAIRS.test(text.slice(0, PAIRS_UNITS))
}

const PAIRS_UNITS = 800

function pairsEvent(line: string): Fields | undefined {
  const found = PAIRS.exec(line.slice(0, PAIRS_UNITS))
  if (found === null) return undefined
  const start = found.index + found[0].length - found[1]!.length
  const out: Writable = {}
  readPairs(line, start, BLANK, (name, value) => {
    if (name !== '__proto__') out[name] ??= value
  })
  return out.EventID === undefined || (out.Channel ?? out.SourceName) === undefined
    ? undefined
    : out
}
