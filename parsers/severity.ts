// An event's severity: the word its source used, else the first phrase of `severity.yml` in its message.
import { createPhraseFinder, type PhraseFinder } from './phrases.ts'
import defaultPatterns from './severity.yml' with { type: 'yaml' }

/** Ascending; every event has one of these. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type EventSeverity = (typeof SEVERITIES)[number]

const WORDS: ReadonlyMap<string, EventSeverity> = new Map([
  ['emergency', 'critical'],
  ['emerg', 'critical'],
  ['panic', 'critical'],
  ['critical', 'critical'],
  ['fatal', 'critical'],
  ['alert', 'high'],
  ['crit', 'high'],
  ['high', 'high'],
  ['severe', 'high'],
  ['major', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['error', 'medium'],
  ['err', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['warning', 'low'],
  ['warn', 'low'],
  ['informational', 'informational'],
  ['information', 'informational'],
  ['info', 'informational'],
  ['notice', 'informational'],
  ['debug', 'informational'],
  ['trace', 'informational'],
  ['verbose', 'informational'],
  ['none', 'informational'],
])

/** Our severity for a source's word (`warn`, `CRITICAL`); undefined for a word that is none. */
export function severityOf(word: string): EventSeverity | undefined {
  return WORDS.get(word) ?? (word.length <= 16 ? WORDS.get(word.toLowerCase()) : undefined)
}

const SYSLOG = [
  'critical',
  'critical',
  'high',
  'medium',
  'low',
  'informational',
  'informational',
  'informational',
] as const satisfies readonly EventSeverity[]

/** Our severity for syslog's 0 (emergency) to 7 (debug). */
export function syslogSeverity(level: number): EventSeverity | undefined {
  return SYSLOG[level]
}

/** Phrases by severity, most serious first, lower case. */
export type SeverityPatterns = readonly {
  readonly severity: EventSeverity
  readonly phrases: readonly string[]
}[]

/** Phrases from a table `{high: [phrase]}`. Throws on anything else, naming the entry. */
export function severityPatterns(table: unknown): SeverityPatterns {
  if (typeof table !== 'object' || table === null) throw new Error('severity patterns: no table')
  const entries = Object.entries(table)
  for (const [severity, phrases] of entries) {
    if (!(SEVERITIES as readonly string[]).includes(severity)) {
      throw new Error(`severity patterns: ${severity} is none of ${SEVERITIES.join(', ')}`)
    }
    if (!Array.isArray(phrases) || !phrases.every((p) => typeof p === 'string' && p !== '')) {
      throw new Error(`severity patterns: ${severity} is no list of phrases`)
    }
  }
  return SEVERITIES.toReversed().flatMap((severity) => {
    const phrases = entries.find(([name]) => name === severity)?.[1] as string[] | undefined
    return phrases ? [{ severity, phrases: phrases.map((phrase) => phrase.toLowerCase()) }] : []
  })
}

/** The patterns that come with Trapline. */
export const SEVERITY_PATTERNS = severityPatterns(defaultPatterns)

/** Longest part of a message that is looked at, UTF-16 units. */
const MESSAGE_UNITS_MAX = 4096

const finders = new WeakMap<SeverityPatterns, PhraseFinder>()

/** The severity of the most serious phrase in a message, or undefined. */
export function classifySeverity(
  message: string,
  patterns: SeverityPatterns = SEVERITY_PATTERNS,
): EventSeverity | undefined {
  if (message === '') return undefined
  let finder = finders.get(patterns)
  if (finder === undefined) {
    finder = createPhraseFinder(patterns.map(({ phrases }) => phrases))
    finders.set(patterns, finder)
  }
  return patterns[finder(message.slice(0, MESSAGE_UNITS_MAX))]?.severity
}
