// Running hunts, and keeping their schedules in line with the hunts there are.
import type { HuntParts, HuntService } from '../services/hunts.ts'
import type { Actor } from '../stores/state/access.ts'
import { mustWrite } from './access.ts'
import { intervalOf } from './check.ts'
import type { GitHunts } from './git-hunts.ts'
import type { HuntReads } from './reads.ts'
import { createHuntRunner } from './run.ts'

const CLOCK: Actor = { name: 'trapline' }

export function createHuntRuns(
  { state, events, schedules, gitHunts }: HuntParts,
  reads: HuntReads,
): Pick<HuntService, 'run' | 'runs' | 'sync'> {
  schedules.register('hunt', createHuntRunner({ state, events, huntOf: reads.find }))
  let synced: GitHunts | undefined
  return {
    run: async (id, by, actor) => {
      mustWrite(by)
      await reads.visible(id, by)
      const started = await schedules.runNow({ kind: 'hunt', id }, { mode: 'replay' }, actor)
      await state.audit({ action: 'hunt.run', object: `hunt ${id}`, after: started.run.run }, actor)
      return started
    },
    runs: async (id, limit, by) => {
      await reads.visible(id, by)
      return schedules.runs({ kind: 'hunt', id }, limit)
    },
    sync: async () => {
      const git = gitHunts()
      if (git === synced) return
      const { hunts } = git
      const inGit = new Set(hunts.map(({ hunt }) => hunt.id))
      const rows = await state.listHunts()
      for (const { hunt, proposal } of rows) {
        if (proposal !== undefined && inGit.has(hunt.id)) await state.removeHunt(hunt.id, CLOCK)
      }
      const wanted = new Map(
        [...rows.map(({ hunt }) => hunt), ...hunts.map(({ hunt }) => hunt)].map((hunt) => [
          hunt.id,
          intervalOf(hunt),
        ]),
      )
      const kept = new Map((await state.listSchedules('hunt')).map((one) => [one.id, one]))
      for (const [id, interval_ms] of wanted) {
        const before = kept.get(id)?.interval_ms
        if (before !== interval_ms) await schedules.put({ kind: 'hunt', id }, interval_ms)
      }
      for (const id of kept.keys())
        if (!wanted.has(id)) await schedules.remove({ kind: 'hunt', id })
      synced = git
    },
  }
}
