// Hunts that become detections, as the hunts service offers it.
import type { HuntParts, HuntService } from '../services/hunts.ts'
import { can } from '../services/permissions.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Principal } from '../stores/state/state-store.ts'
import { oneLine } from './markdown.ts'
import { preparePromotion, promotionBody, promotionFiles, withDetection } from './promote.ts'
import { type HuntReads, sharedOf } from './reads.ts'

export function createHuntPromotions(
  parts: HuntParts,
  reads: HuntReads,
): Pick<HuntService, 'promotion' | 'promote'> {
  const { state, proposals, now = Date.now } = parts
  return {
    promotion: async (id, ask, by) => {
      mustDetect(by)
      const { hunt } = sharedOf(await reads.visible(id, by))
      return preparePromotion({ ...parts, now }, hunt, ask, by.name)
    },
    promote: async (id, ask, by, actor) => {
      mustDetect(by)
      const found = await reads.visible(id, by)
      const { hunt } = sharedOf(found)
      const promotion = await preparePromotion({ ...parts, now }, hunt, ask, by.name)
      const git = 'git' in found ? found.git : undefined
      const files = await promotionFiles(parts, hunt, git, promotion)
      const title = `rule: ${oneLine(promotion.title)}`
      const body = promotionBody(hunt, promotion)
      const proposal = await proposals.open({ kind: 'rule', title, body, files }, actor)
      if ('row' in found)
        await state.changeHunt(withDetection(hunt, promotion.ruleId), found.row.version, actor)
      return proposal
    },
  }
}

function mustDetect(by: Principal): void {
  if (!can(by, 'detections:write'))
    throw new ServiceError('forbidden', `${by.name} (${by.role}) lacks detections:write`)
}
