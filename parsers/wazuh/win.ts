// `win` of Wazuh's alerts and archives: a Windows event whose names begin with small letters, and whose values
// have their backslashes and quotes escaped once more.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'

/** The event's element; undefined without a system part. */
export function wazuhEvent({ system, eventdata, ...others }: Fields): Fields | undefined {
  if (!isFields(system)) return undefined
  const message = typeof system.message === 'string' ? unquoted(system.message) : undefined
  const channel = typeof system.channel === 'string' ? system.channel : ''
  return {
    Event: {
      System: {
        EventID: system.eventID ?? null,
        Version: system.version ?? null,
        Level: system.level ?? null,
        Task: system.task ?? null,
        Opcode: system.opcode ?? null,
        Keywords: system.keywords ?? null,
        Channel: system.channel ?? null,
        Computer: system.computer ?? null,
        Provider: { Name: system.providerName ?? null, Guid: system.providerGuid ?? null },
        TimeCreated: { SystemTime: system.systemTime ?? null },
        EventRecordID: system.eventRecordID ?? null,
        Execution: { ProcessID: system.processID ?? null, ThreadID: system.threadID ?? null },
      },
      EventData: dataOf(isFields(eventdata) ? eventdata : {}, keepsSmall(channel)),
      ...userDataOf(others),
      ...(message === undefined ? {} : { RenderingInfo: { Message: message } }),
    },
  }
}

/** User data under the name of its element: `logFileCleared` and its kin. */
function userDataOf(others: Fields): Fields {
  const inner = Object.values(others).find((value) => isFields(value))
  return inner === undefined ? {} : { UserData: { Data: dataOf(inner, false) } }
}

/** The message stands in quotes. */
function unquoted(message: string): string {
  return message.length > 1 && message.startsWith('"') && message.endsWith('"')
    ? message.slice(1, -1)
    : message
}

/** Channels whose data has names of both kinds: the small one may be the right one. */
function keepsSmall(channel: string): boolean {
  return !/^(?:security|microsoft-windows-(?:sysmon|powershell)\/operational)$/i.test(channel)
}

function dataOf(data: Fields, keepsName: boolean): Fields {
  const read = isEscaped(data) ? unescaped : (value: FieldValue) => value
  const out: [string, FieldValue][] = []
  for (const name in data) {
    const value = read(data[name]!)
    if (/^param\d+$/.test(name)) out.push([name, value])
    else {
      out.push([name.slice(0, 1).toUpperCase() + name.slice(1), value])
      if (keepsName && name !== 'data' && name !== 'binary') out.push([name, value])
    }
  }
  return Object.fromEntries(out)
}

const LONE_BACKSLASH = /^(?:[^\\]|\\[\\"])*\\(?![\\"])/

/** Whether every backslash escapes another one or a quote: a lone one says that nothing is escaped. */
function isEscaped(data: Fields): boolean {
  let found = false
  for (const name in data) {
    const value = data[name]
    if (typeof value !== 'string' || !value.includes('\\')) continue
    if (LONE_BACKSLASH.test(value)) return false
    found = true
  }
  return found
}

function unescaped(value: FieldValue): FieldValue {
  return typeof value === 'string' ? value.replace(/\\([\\"])/g, '$1') : value
}
