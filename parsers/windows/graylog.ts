// What Graylog's Beats input makes of Winlogbeat's documents: one level of names, parted by `_` behind the beat's own.
import type { Fields, FieldValue } from '../../sigma/event.ts'

/** Keys that tell: of today's Winlogbeat and of version 6, alone and as additional fields of GELF. */
export const GRAYLOG_KEYS = [
  ...['winlogbeat_winlog_channel', '_winlogbeat_winlog_channel'],
  ...['winlogbeat_log_name', '_winlogbeat_log_name'],
] as const

/** The document as Winlogbeat wrote it. */
export function graylogEvent(json: Fields, key: (typeof GRAYLOG_KEYS)[number]): Fields {
  const prefix = key.slice(0, -(key.endsWith('_channel') ? 'channel' : 'log_name').length)
  const dataPrefix = `${prefix}event_data_`
  const winlog: [string, FieldValue][] = []
  const data: [string, FieldValue][] = []
  for (const name in json) {
    if (name.startsWith(dataPrefix)) data.push([name.slice(dataPrefix.length), json[name]!])
    else if (name.startsWith(prefix)) winlog.push([name.slice(prefix.length), json[name]!])
  }
  return {
    '@timestamp': json.timestamp ?? null,
    host: json.source ?? json.host ?? null,
    message: json.full_message ?? json.message ?? json.short_message ?? null,
    winlog: { ...Object.fromEntries(winlog), event_data: Object.fromEntries(data) },
  }
}
