/** @jsxImportSource hono/jsx */
// What became of the event in the drawer: its mute and alerts, and promoting it.
import { z } from 'zod'
import type { Event } from '../../../parsers/event.ts'
import type { Triage } from '../../../views/search/triage.tsx'
import type { AppContext } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf } from './forms.ts'

/** What became of the event in the drawer, and what this person may do with it. */
export async function drawerTriage(
  c: AppContext,
  services: Services,
  event: Event,
  ruleIds: readonly string[],
  notice?: Triage['notice'],
): Promise<Triage> {
  const [mutedBy, linksOf] = await Promise.all([
    services.suppressions.muted([event], { [event.id]: ruleIds }),
    services.state.alertsOfEvents([event.id]),
  ])
  const principal = c.get('principal')
  return {
    muted: mutedBy[event.id],
    links: linksOf[event.id] ?? [],
    canPromote: can(principal, 'alerts:write'),
    canMute: can(principal, 'detections:write'),
    csrfToken: c.get('csrfToken') ?? '',
    notice,
  }
}

const Promote = z.object({
  rule: z.string().max(200).default(''),
  override: z.literal('1').optional(),
})

/** Promotes the event of the address; what became of it, as a notice. */
export async function promoteEvent(
  c: AppContext,
  services: Services,
): Promise<{ readonly notice: NonNullable<Triage['notice']>; readonly status: 200 | 409 | 422 }> {
  if (!can(c.get('principal'), 'alerts:write'))
    throw new ServiceError('forbidden', 'Your role may read events but not make alerts of them.')
  const { rule, override } = await formOf(c, Promote)
  try {
    const { alertId, created, repeated } = await services.promote.promote(
      {
        ...{ eventId: c.req.param('id') ?? '', override: override !== undefined },
        ...(rule === '' ? {} : { ruleId: rule }),
      },
      actorOf(c),
    )
    const became = repeated ? 'it is already in' : created ? 'it is now' : 'it is now in'
    return { notice: { kind: 'ok', text: `Promoted: ${became} ${alertId}.` }, status: 200 }
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const status = known.status === 409 ? 409 : 422
    return { notice: { kind: 'problem', text: known.message }, status }
  }
}
