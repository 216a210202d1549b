// Every SigmaHQ rule for Windows: can the fields it asks for be there? Those that no Windows event log holds are
// named below with the cause; a new one fails until somebody has looked at it.
import { describe, expect, test } from 'bun:test'
import { readEvents } from '../../ci/input/read-events.ts'
import { normalise } from '../../parsers/normalise.ts'
import { isKnownField } from '../../parsers/windows/known-fields.ts'
import { corpusFolder } from './corpus.ts'

const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting', 'rules-placeholder']

/** Fields that rules ask for in vain, by log source, and why. */
const NOT_IN_THE_LOGS: Readonly<Record<string, string>> = {
  'file_access FileName': 'kernel file tracing, in no event log',
  'file_access Image': 'kernel file tracing, in no event log',
  'file_access ParentImage': 'kernel file tracing, in no event log',
  'file_rename Image': 'kernel file tracing, in no event log',
  'file_rename SourceFilename': 'kernel file tracing, in no event log',
  'file_rename TargetFilename': 'kernel file tracing, in no event log',
  'create_remote_thread SourceCommandLine': 'added by an agent, not by Sysmon',
  'create_remote_thread SourceParentImage': 'added by an agent, not by Sysmon',
  'create_remote_thread TargetParentProcessId': 'added by an agent, not by Sysmon',
  'file_event CommandLine': 'added by an agent, not by Sysmon',
  'file_event IntegrityLevel': 'added by an agent, not by Sysmon',
  'file_event ParentCommandLine': 'added by an agent, not by Sysmon',
  'file_event ParentImage': 'added by an agent, not by Sysmon',
  'image_load CommandLine': 'added by an agent, not by Sysmon',
  'network_connection CommandLine': 'added by an agent, not by Sysmon',
  'network_connection ParentImage': 'added by an agent, not by Sysmon',
  'process_access SourceCommandLine': 'added by an agent, not by Sysmon',
  'process_creation GrandParentImage': 'added by an agent, not by Sysmon',
  'application Message': 'only where the sender renders the message',
  'system ProcessId': 'the service installed event has no such value',
}

interface Rule {
  readonly logsource?: {
    readonly product?: string
    readonly category?: string
    readonly service?: string
  }
  readonly detection?: Readonly<Record<string, unknown>>
}

const sigmahq = await corpusFolder('sigmahq')

/** Fields of events that the corpus has, by category or service. */
async function observedFields(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>()
  const options = { now: 0, received: 0, timeZone: 'UTC' }
  const root = `${sigmahq}/regression_data`
  for (const path of new Bun.Glob('**/*.evtx').scanSync({ cwd: root })) {
    for await (const { text } of readEvents(`${root}/${path}`)) {
      const { logsource, fields } = normalise(text, options)
      for (const name of [...logsource.category, ...logsource.service]) {
        const known = found.get(name) ?? new Set()
        for (const field of Object.keys(fields)) known.add(field)
        found.set(name, known)
      }
    }
  }
  return found
}

/** Names that a rule's selections ask for. */
function fieldsOf(rule: Rule): ReadonlySet<string> {
  const names = new Set<string>()
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) names.add(key.split('|')[0]!)
    }
  }
  for (const [name, value] of Object.entries(rule.detection ?? {})) {
    if (name !== 'condition' && name !== 'timeframe') walk(value)
  }
  names.delete('')
  return names
}

describe.skipIf(sigmahq === undefined)('SigmaHQ’s rules for Windows', () => {
  test('ask for fields that the parser gives, save those listed with their cause', async () => {
    const observed = await observedFields()
    const missing = new Set<string>()
    let rules = 0
    for (const set of RULE_SETS) {
      for (const path of new Bun.Glob('**/*.yml').scanSync({ cwd: `${sigmahq}/${set}` })) {
        const rule = Bun.YAML.parse(await Bun.file(`${sigmahq}/${set}/${path}`).text()) as Rule
        const { product, category, service } = rule.logsource ?? {}
        if (product !== 'windows') continue
        rules++
        for (const field of fieldsOf(rule)) {
          const source = category ?? service ?? 'windows'
          const isSeen = [category, service].some(
            (name) => name !== undefined && observed.get(name)?.has(field) === true,
          )
          const logsource = {
            ...(category === undefined ? {} : { category }),
            ...(service === undefined ? {} : { service }),
          }
          if (!isSeen && !isKnownField(logsource, field)) missing.add(`${source} ${field}`)
        }
      }
    }
    expect(rules).toBeGreaterThan(2000)
    expect([...missing].toSorted()).toEqual(Object.keys(NOT_IN_THE_LOGS).toSorted())
  }, 60_000)
})
