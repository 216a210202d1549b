// Text and path of a rule that is posted: as it is written, or out of a search.
import { isRefusal } from '../../../query/to-sigma.ts'
import { parseRules } from '../../../sigma/parse/rules.ts'
import { rulePathProblem } from '../../services/rule-path.ts'
import { PREVIEW_DAYS_DEFAULT } from '../../services/rule-preview.ts'
import { pathOf } from '../../services/rule-seed.ts'
import { seedFromSearch } from '../../services/rule-seeds.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { Actor } from '../../stores/state/access.ts'
import { defined } from './schemas.ts'

const DAY_MS = 86_400_000

export interface NewRuleBody {
  readonly text?: string | undefined
  readonly query?: string | undefined
  readonly title?: string | undefined
  readonly level?: string | undefined
  readonly path?: string | undefined
}

/** Rejects `invalid` for a search that is no rule, by its name, and for a path outside `detections/`. */
export async function newRule({ events }: Services, body: NewRuleBody, by: Actor) {
  const made =
    body.text === undefined
      ? await fromSearch(events, body, by)
      : { text: body.text, path: pathOfText(body.text) }
  const path = body.path ?? made.path
  const problem = rulePathProblem(path)
  if (problem !== undefined) throw new ServiceError('invalid', problem)
  return { text: made.text, path }
}

async function fromSearch(events: Services['events'], body: NewRuleBody, by: Actor) {
  const to = Date.now()
  const range = { from: to - PREVIEW_DAYS_DEFAULT * DAY_MS, to }
  const asked = { query: body.query ?? '', range, author: by.name }
  const seeded = await seedFromSearch(events, {
    ...{ ...asked, ...defined({ title: body.title, level: body.level }) },
  })
  if (isRefusal(seeded)) throw new ServiceError('invalid', `${seeded.code}: ${seeded.message}`)
  return seeded.rule
}

function pathOfText(text: string): string {
  const [document] = parseRules(text, { path: 'rule.yml' }).documents
  const value = document?.value
  const logsource = value === undefined || value.kind === 'correlation' ? {} : value.logsource
  return pathOf(logsource, document?.title ?? 'rule')
}
