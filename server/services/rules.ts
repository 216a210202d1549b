// The rules that are loaded, as pages and the API see them.

import { explain } from '../../sigma/eval/explain.ts'
import { loadRules } from '../../sigma/load.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { connect } from '../workers/rpc.ts'
import type { RulesHandlers } from '../workers/rules.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { RuleCatalogue } from './rule-catalogue.ts'
import type { RuleFolder } from './rule-folders.ts'
import { type RuleService, type RuleSummary, ServiceError } from './services.ts'

/** The service, and how a load reaches it. */
export interface Rules extends RuleService {
  /** Shows another load from now on. */
  use(catalogue: RuleCatalogue): void
}

const EMPTY: RuleCatalogue = { version: 'none', rules: [], facts: [], texts: {} }

/** Reads the folders in a worker of their own. */
export async function loadCatalogue(folders: readonly RuleFolder[]): Promise<RuleCatalogue> {
  const script = new URL('../workers/rules.ts', import.meta.url)
  const connection = connect<RulesHandlers>(script, 'rules', (error) =>
    console.error(error.message),
  )
  try {
    return await connection.client.read(folders)
  } finally {
    connection.terminate()
  }
}

/** The rules of one server. */
export function createRules(
  events: Pick<EventReader, 'get'>,
  state: Pick<StateClient, 'ruleCounters'>,
): Rules & { facts(): readonly RuleFacts[] } {
  let now: RuleCatalogue = EMPTY
  let byId: ReadonlyMap<string, RuleSummary> = new Map()
  return {
    get version() {
      return now.version
    },
    use: (catalogue) => {
      now = catalogue
      byId = new Map(catalogue.rules.map((rule) => [rule.id, rule]))
    },
    facts: () => now.facts,
    list: () => now.rules,
    get: async (id) => {
      const summary = byId.get(id)
      return summary && { ...summary, text: '', ...now.texts[id] }
    },
    hits: async () => {
      const counters = Object.entries(await state.ruleCounters())
      return Object.fromEntries(
        counters.map(([id, { matches, last }]) => [
          id,
          { total: matches, ...(last === undefined ? {} : { last }) },
        ]),
      )
    },
    explain: async (id, eventId) => {
      const text = byId.has(id) ? now.texts[id]?.text : undefined
      const [rule] = text === undefined ? [] : loadRules([{ path: id, text }]).rules
      if (rule === undefined) throw new ServiceError('not-found', `no rule ${id} that runs`)
      const [event] = await events.get([eventId])
      if (event === undefined) throw new ServiceError('not-found', `no event ${eventId}`)
      return explain(rule.selections, rule.condition, event)
    },
  }
}
