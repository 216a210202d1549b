// Hunts of Git and of the server in one list, each with its last run.
import type { Hunt } from '../../query/hunt/hunt.ts'
import type { HuntList, HuntParts, HuntSummary } from '../services/hunts.ts'
import { ServiceError } from '../services/service-error.ts'
import type { HuntRow } from '../stores/state/hunts.ts'
import type { RunRecord, Schedule } from '../stores/state/runs.ts'
import type { Principal } from '../stores/state/state-store.ts'
import { isOwner, mayRead } from './access.ts'
import type { GitHunt } from './git-hunts.ts'

/** Newest runs of a hunt among which the last one that ended is looked for. */
const LAST_RUNS = 2

export type Known = { readonly git: GitHunt } | { readonly row: HuntRow }
export type HuntReads = ReturnType<typeof createHuntReads>

export function createHuntReads({ state, gitHunts }: HuntParts) {
  const gitHunt = (id: string) => gitHunts().hunts.find(({ hunt }) => hunt.id === id)
  const known = async (id: string): Promise<Known | undefined> => {
    const git = gitHunt(id)
    if (git !== undefined) return { git }
    const row = await state.getHunt(id)
    return row && { row }
  }
  const visible = async (id: string, by: Principal): Promise<Known> => {
    const found = await known(id)
    if (found === undefined || !mayRead(sharedOf(found), by))
      throw new ServiceError('not-found', `there is no hunt ${id} that you may see`)
    return found
  }
  const summary = async (found: Known, by: Principal, schedule?: Schedule) => {
    const { hunt } = sharedOf(found)
    const runs = await state.listRuns({ kind: 'hunt', id: hunt.id, limit: LAST_RUNS })
    return summaryOf(found, by, runs, schedule)
  }
  const scheduleOf = async () =>
    new Map((await state.listSchedules('hunt', true)).map((one) => [one.id, one]))
  return {
    known,
    visible,
    summary: async (found: Known, by: Principal) =>
      summary(found, by, (await scheduleOf()).get(sharedOf(found).hunt.id)),
    list: async (by: Principal): Promise<HuntList> => {
      const { hunts, refused } = gitHunts()
      const ids = new Set(hunts.map(({ hunt }) => hunt.id))
      const rows = (await state.listHunts()).filter(({ hunt }) => !ids.has(hunt.id))
      const all: Known[] = [...rows.map((row) => ({ row })), ...hunts.map((git) => ({ git }))]
      const seen = all.filter((found) => mayRead(sharedOf(found), by))
      const schedules = await scheduleOf()
      const shown = await Promise.all(
        seen.map((found) => summary(found, by, schedules.get(sharedOf(found).hunt.id))),
      )
      return { hunts: shown, refused }
    },
    get: async (id: string, by: Principal): Promise<HuntSummary | undefined> => {
      const found = await known(id)
      if (found === undefined || !mayRead(sharedOf(found), by)) return undefined
      return summary(found, by, (await scheduleOf()).get(id))
    },
    find: async (id: string): Promise<Hunt | undefined> => {
      const found = await known(id)
      return found && sharedOf(found).hunt
    },
  }
}

/** The hunt, and whose it is. */
export function sharedOf(found: Known): { readonly hunt: Hunt; readonly ownerId?: string } {
  return 'git' in found
    ? { hunt: found.git.hunt }
    : { hunt: found.row.hunt, ownerId: found.row.ownerId }
}

function summaryOf(
  found: Known,
  by: Principal,
  runs: readonly RunRecord[],
  schedule: Schedule | undefined,
): HuntSummary {
  const last = runs.find(({ status }) => status !== 'running')
  const running = runs.find(({ status }) => status === 'running')
  const shared = {
    hunt: sharedOf(found).hunt,
    isOwner: isOwner(sharedOf(found), by),
    ...(last === undefined ? {} : { last }),
    ...(running === undefined ? {} : { running }),
    ...(schedule?.nextRunAt === undefined ? {} : { nextRunAt: schedule.nextRunAt }),
  }
  if ('git' in found) return { ...shared, place: 'git', path: found.git.path }
  const { owner, created, updated, version, proposal } = found.row
  return {
    ...{ ...shared, place: 'database', createdBy: owner, created, updated, version },
    ...(proposal === undefined ? {} : { proposal }),
  }
}
