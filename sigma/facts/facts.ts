// The facts that come with the linter: ATT&CK ids and names, and which fields events of a log source have.
import type { AttackFacts, ProductFacts } from '../lint/facts.ts'
import attack from './attack.json' with { type: 'json' }
import logsources from './logsources.json' with { type: 'json' }

export const ATTACK: AttackFacts = attack
export const LOG_SOURCES: Readonly<Record<string, ProductFacts>> = logsources
