// Windows events that have a log source of their own: which category an event id belongs to.
import type { LogSource } from '../rule.ts'
import type { Check } from './check.ts'
import { placeOf } from './check.ts'

/** Event ids of Sysmon by the category that is read in their place. */
const SYSMON: Readonly<Record<string, readonly string[]>> = {
  process_creation: ['1'],
  file_change: ['2'],
  network_connection: ['3'],
  sysmon_status: ['4', '16'],
  process_termination: ['5'],
  driver_load: ['6'],
  image_load: ['7'],
  create_remote_thread: ['8'],
  raw_access_thread: ['9'],
  process_access: ['10'],
  file_event: ['11'],
  registry_event: ['12', '13', '14'],
  create_stream_hash: ['15'],
  pipe_created: ['17', '18'],
  wmi_event: ['19', '20', '21'],
  dns_query: ['22'],
  file_delete: ['23', '26'],
  clipboard_capture: ['24'],
  process_tampering: ['25'],
  file_block: ['27', '28'],
  file_executable_detected: ['29'],
  sysmon_error: ['255'],
}
/** Categories that are a part of the events of an id. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  registry_add: ['12'],
  registry_delete: ['12'],
  registry_set: ['13'],
  registry_rename: ['14'],
}
const POWERSHELL: Readonly<Record<string, readonly string[]>> = {
  ps_module: ['4103'],
  ps_script: ['4104'],
  ps_classic_start: ['400'],
  ps_classic_provider_start: ['600'],
}

/** Whether these values of a field say no more than a category of Windows does by itself. */
export function isImplied(category: string, field: string, values: readonly string[]): boolean {
  const implied = impliedValues(category, field)
  if (implied === undefined || values.length === 0) return false
  // Some of the ids of a category of several narrow it.
  const own = field === 'EventID' ? (SYSMON[category] ?? []) : []
  const isNarrower = own.length > 1 && !own.every((id) => values.includes(id))
  return !isNarrower && values.every((value) => implied.includes(value))
}

function impliedValues(category: string, field: string): readonly string[] | undefined {
  const sysmon = SYSMON[category] ?? PARTS[category]
  const powershell = POWERSHELL[category]
  if (sysmon === undefined && powershell === undefined) return undefined
  const isProcess = category === 'process_creation'
  if (field === 'EventID') return [...(sysmon ?? powershell ?? []), ...(isProcess ? ['4688'] : [])]
  if (field === 'Channel' && sysmon !== undefined) return ['Microsoft-Windows-Sysmon/Operational']
  if (field !== 'Provider_Name') return undefined
  if (powershell !== undefined) return ['Microsoft-Windows-PowerShell', 'PowerShell']
  return ['Microsoft-Windows-Sysmon', ...(isProcess ? ['Microsoft-Windows-Security-Auditing'] : [])]
}

/** The category that events of this id of a service have; undefined where there is none. */
function categoryOf({ product, category, service }: LogSource, id: string): string | undefined {
  if (product !== 'windows' || category !== undefined) return undefined
  if (service === 'security') return id === '4688' ? 'process_creation' : undefined
  if (service !== 'sysmon') return undefined
  return Object.keys(SYSMON).find((name) => SYSMON[name]!.includes(id))
}

export const WINDOWS_EVENT_CHECKS = {
  'logsource-generic-exists': {
    on: 'item',
    severity: 'info',
    summary: 'an event id of Windows that has a category of its own',
    why: 'With `category: process_creation` the rule also finds the same events of other senders (Sysmon 1, Windows 4688, EDR) and needs no event id.',
    bad: 'logsource:\n    product: windows\n    service: sysmon\ndetection:\n    selection:\n        EventID: 1\n        CommandLine|contains: whoami\n    condition: selection',
    good: 'logsource:\n    product: windows\n    category: process_creation\ndetection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run({ value: { logsource } }, add, { item }) {
      if (item.field !== 'EventID' || item.modifiers.length > 0) return
      for (const value of item.values) {
        const category = categoryOf(logsource, value.text)
        if (category !== undefined)
          add(value, `events ${value.text} of ${logsource.service} are category: ${category}`)
      }
    },
  },
  'logsource-sysmon-without-event-id': {
    on: 'rule',
    severity: 'warning',
    summary: 'a rule over all of Sysmon that asks for no event id',
    why: 'Sysmon writes 29 kinds of events with much the same fields. Name the kind: by its category, or with `EventID`.',
    bad: "logsource:\n    product: windows\n    service: sysmon\ndetection:\n    selection:\n        Image|endswith: '\\whoami.exe'\n    condition: selection",
    good: "logsource:\n    product: windows\n    category: process_creation\ndetection:\n    selection:\n        Image|endswith: '\\whoami.exe'\n    condition: selection",
    run(subject, add) {
      const { product, service, category } = subject.value.logsource
      if (product !== 'windows' || service !== 'sysmon' || category !== undefined) return
      if (subject.items.some(({ item }) => item.field === 'EventID')) return
      add(
        placeOf(subject, 'logsource'),
        'say which events: a category, or EventID in the detection',
      )
    },
  },
} as const satisfies Record<string, Check>
