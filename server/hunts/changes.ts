// Making, changing, publishing and removing hunts: in place on the server, by proposal in Git.
import { editHunt } from '../../query/hunt/edit.ts'
import { writeHunt } from '../../query/hunt/file.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'
import type { HuntParts, HuntService } from '../services/hunts.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Actor } from '../stores/state/access.ts'
import type { HuntRow } from '../stores/state/hunts.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { Principal } from '../stores/state/state-store.ts'
import { isOwner, mustWrite } from './access.ts'
import { checkHunt, intervalOf } from './check.ts'
import { fileName, freePath } from './file-name.ts'
import type { GitHunt } from './git-hunts.ts'
import { fenced, oneLine } from './markdown.ts'
import { type HuntReads, sharedOf } from './reads.ts'

export function createHuntChanges(
  parts: HuntParts,
  reads: HuntReads,
): Pick<HuntService, 'create' | 'change' | 'remove' | 'publish'> {
  const { state, proposals, schedules, now = Date.now } = parts
  const check = (hunt: Hunt) => checkHunt(hunt, now())
  const putSchedule = (hunt: Hunt) => schedules.put({ kind: 'hunt', id: hunt.id }, intervalOf(hunt))

  /** A hunt's own row; rejects `forbidden` for another's. */
  async function own(id: string, by: Principal): Promise<HuntRow> {
    const found = await reads.visible(id, by)
    if ('git' in found) throw new ServiceError('conflict', 'this hunt lies in Git already')
    if (!isOwner(sharedOf(found), by))
      throw new ServiceError('forbidden', `this hunt is ${found.row.owner}'s: only they change it`)
    return found.row
  }
  async function propose(hunt: Hunt, actor: Actor, body: string): Promise<Proposal> {
    const wanted = `hunts/${fileName(hunt.title, `hunt_${hunt.id.slice(0, 8)}`)}.yml`
    const path = await freePath(wanted, async (one) => (await proposals.file(one)) !== undefined)
    const title = `hunt: ${oneLine(hunt.title)}`
    const files = [{ path, text: writeHunt(hunt) }]
    return proposals.open({ kind: 'hunt', title, body, files }, actor)
  }
  return {
    create: async (content, place, by, actor) => {
      mustWrite(by)
      const hunt: Hunt = { ...content, id: content.id ?? crypto.randomUUID() }
      if ((await reads.known(hunt.id)) !== undefined)
        throw new ServiceError('conflict', `there is a hunt ${hunt.id} already: give it another id`)
      // The ledger of a hunt that is gone may be another's, and not for everyone.
      if ((await state.listRuns({ kind: 'hunt', id: hunt.id, limit: 1 })).length > 0)
        throw new ServiceError('conflict', `a hunt ${hunt.id} has run here: give it another id`)
      if (place === 'git') {
        const published: Hunt = {
          ...hunt,
          sharing: hunt.sharing === 'private' ? 'team' : hunt.sharing,
        }
        check(published)
        return { kind: 'proposed', proposal: await propose(published, actor, bodyOf(published)) }
      }
      check(hunt)
      const row = await state.addHunt(hunt, { id: by.userId, name: by.name }, actor)
      await putSchedule(hunt)
      return { kind: 'changed', hunt: await reads.summary({ row }, by) }
    },
    change: async (id, change, version, by, actor) => {
      mustWrite(by)
      const found = await reads.visible(id, by)
      const hunt = withoutUndefined({ ...sharedOf(found).hunt, ...change, id })
      check(hunt)
      if ('git' in found) return { kind: 'proposed', proposal: await edit(found.git, hunt, actor) }
      const row = await own(id, by)
      const changed = await state.changeHunt(hunt, version ?? row.version, actor)
      await putSchedule(hunt)
      return { kind: 'changed', hunt: await reads.summary({ row: changed }, by) }
    },
    remove: async (id, by, actor) => {
      mustWrite(by)
      const found = await reads.visible(id, by)
      if ('row' in found) {
        await own(id, by)
        await state.removeHunt(id, actor)
        await schedules.remove({ kind: 'hunt', id })
        return undefined
      }
      const { hunt, path } = found.git
      const title = `hunt: remove ${oneLine(hunt.title)}`
      const body = `Removes the hunt “${oneLine(hunt.title)}”. Its runs stay on record.`
      return proposals.open({ kind: 'hunt', title, body, files: [{ path, text: null }] }, actor)
    },
    publish: async (id, by, actor) => {
      mustWrite(by)
      const { hunt } = await own(id, by)
      const sharing = hunt.sharing === 'private' ? 'team' : hunt.sharing
      const published: Hunt = { ...hunt, sharing, owner: hunt.owner ?? by.name }
      check(published)
      const proposal = await propose(published, actor, bodyOf(published))
      await state.setHuntProposal(id, proposal.id, actor)
      return proposal
    },
  }

  async function edit({ path, text }: GitHunt, hunt: Hunt, actor: Actor): Promise<Proposal> {
    const base = (await proposals.file(path)) ?? text
    const title = `hunt: change ${oneLine(hunt.title)}`
    const files = [{ path, text: editHunt(base, hunt) }]
    return proposals.open({ kind: 'hunt', title, body: bodyOf(hunt), files }, actor)
  }
}

function withoutUndefined(hunt: { readonly [name in keyof Hunt]?: Hunt[name] | undefined }): Hunt {
  return Object.fromEntries(
    Object.entries(hunt).filter(([, value]) => value !== undefined),
  ) as unknown as Hunt
}

function bodyOf({ hypothesis, query, schedule }: Hunt): string {
  const runs = schedule === undefined ? 'It runs on demand.' : `It runs every ${schedule}.`
  const why = hypothesis === undefined ? '' : `${hypothesis.trim()}\n\n`
  return `${why}${fenced(query)}\n\n${runs}\n`
}
