// The whole state store: what is kept, and the alert maker that adds to it. The state worker runs one;
// tests and the command line open it in process.
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import { openStore, type StoreOptions } from '../stores/state/open.ts'
import type { StateStore } from '../stores/state/state-store.ts'
import { type AlertLoop, type OpenFeed, startAlertLoop } from './alert-loop.ts'
import { createMutes } from './mutes.ts'
import { createPromoter } from './promoter.ts'
import { createRunAlerts } from './run-alerts.ts'

export interface StateServiceOptions extends Omit<StoreOptions, 'hooks' | 'onMutes'> {
  /** Opens the matches to follow, undefined while there are none. Absent: no alerts are made. */
  readonly openFeed?: () => OpenFeed | undefined
  /** How long matches of undescribed rules wait for `setRules`, milliseconds. */
  readonly ruleWait_ms?: number
  /** How late a match may come and still correlate, milliseconds. */
  readonly lateness_ms?: number
  readonly onAlerts?: (notice: AlertNotice) => void
  readonly onAlertsStopped?: (reason: string) => void
}

/** Opens the store and starts following matches. */
export async function openState(options: StateServiceOptions): Promise<StateStore> {
  const { openFeed, ruleWait_ms, lateness_ms, ...others } = options
  const { onAlerts, onAlertsStopped, ...rest } = others
  let loop: AlertLoop | undefined
  const { store, alerts, writePromotion } = await openStore({
    ...rest,
    hooks: {
      changing: () => loop?.alertsChanged(),
      changed: (ids) => onAlerts?.({ created: [], updated: ids, more: false }),
    },
    onMutes: () => mutes.changed(),
  })
  const mutes = createMutes(store, rest.now)
  if (openFeed !== undefined) {
    loop = startAlertLoop({
      writer: alerts,
      openFeed,
      mutes,
      ...(ruleWait_ms === undefined ? {} : { ruleWait_ms }),
      ...(lateness_ms === undefined ? {} : { lateness_ms }),
      onAlerts: (notice) => onAlerts?.(notice),
      onStopped: (reason) => onAlertsStopped?.(reason),
    })
  }
  return {
    ...store,
    setRules: async (rules, correlations) =>
      loop === undefined ? alerts.saveRules(rules) : loop.setRules(rules, correlations),
    alertMakerStatus: async () => loop?.status() ?? NO_ALERTS,
    correlationGroup: async (id, key) => loop?.correlationGroup(id, key),
    commitRunMatches: createRunAlerts({
      ...{ writer: alerts, mutes, onAlerts: (notice) => onAlerts?.(notice) },
      changing: () => loop?.alertsChanged(),
    }),
    promote: createPromoter({
      ...{ write: writePromotion, onAlerts: (notice) => onAlerts?.(notice) },
      changing: () => loop?.alertsChanged(),
    }),
    close: async () => {
      await loop?.stop()
      await store.close()
    },
  }
}

const NO_ALERTS = {
  sequence: 0,
  matches: 0,
  suppressed: 0,
  alertsCreated: 0,
  alertsUpdated: 0,
  unknownRules: 0,
  stopped: 'not-following',
}
