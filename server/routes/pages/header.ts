// The header's figures: gathered once every few seconds whatever the number of viewers, and never a
// reason for a page to fail.
import type { HeaderData } from '../../../views/shared/header-facts.tsx'
import type { AppContext } from '../../middleware/env.ts'
import type { Services } from '../../services/services.ts'
import { defaultFilter } from './alerts-query.ts'

const KEEP_MS = 2000

type Shared = Omit<HeaderData, 'user' | 'role'>

/** Header data for a request: the shared figures and who is asking. */
export function headerSource(services: Services): (c: AppContext) => Promise<HeaderData> {
  let last: { readonly at: number; readonly value: Promise<Shared> } | undefined
  return async (c) => {
    const now = Date.now()
    if (last === undefined || now - last.at > KEEP_MS) last = { at: now, value: gather(services) }
    const principal = c.get('principal')
    return {
      ...(await last.value),
      user: principal?.name ?? 'nobody',
      role: principal?.role ?? 'none',
    }
  }
}

async function gather(services: Services): Promise<Shared> {
  const failures: string[] = []
  const settle = async <T>(what: string, value: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await value
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return otherwise
    }
  }
  const [figures, counts, problems] = await Promise.all([
    settle('figures', services.health.figures(), undefined),
    settle('alerts', services.state.countAlerts(defaultFilter(Date.now())), undefined),
    settle('health', services.health.problems(), []),
  ])
  const rules = services.rules.list()
  const refused = rules.filter((rule) => rule.refused !== undefined).length
  return {
    rules: rules.length - refused,
    refusedRules: refused,
    rulesVersion: services.releases.live() ?? services.rules.version,
    eventsPerSecond: figures?.eventsPerSecond ?? 0,
    openAlerts: counts?.total ?? 0,
    problems: [...problems, ...failures],
  }
}
