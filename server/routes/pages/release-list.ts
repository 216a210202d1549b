// What the releases page shows, gathered.

import type { ReleasesProps } from '../../../views/releases/list.tsx'
import type { AppContext } from '../../middleware/env.ts'
import { pullRequestsOf } from '../../releases/pull-request.ts'
import { can } from '../../services/permissions.ts'
import type { Services } from '../../services/services.ts'
import type { ReleaseRecord } from '../../stores/state/releases.ts'
import { originOf } from './render.tsx'

/** Offers shown, the newest. */
export const RELEASES_SHOWN = 50
/** Alerts before and after a release are counted over at most this long, milliseconds. */
const VOLUME_SPAN_MS = 24 * 3_600_000
/** Of so many releases. */
const VOLUMES_SHOWN = 20
const PROPOSALS_KNOWN = 200

/** The time before and after a release went live in which its alerts are counted: until the next one. */
export function windowsOf(
  release: ReleaseRecord,
  releases: readonly ReleaseRecord[],
  now: number,
): readonly [{ from: number; to: number }, { from: number; to: number }] | undefined {
  const next = releases.findLast(
    ({ number, status }) => number > release.number && status === 'live',
  )
  const span_ms = Math.min(VOLUME_SPAN_MS, (next?.at ?? now) - release.at)
  if (release.status !== 'live' || span_ms <= 0) return undefined
  const { at } = release
  return [
    { from: at - span_ms, to: at },
    { from: at, to: at + span_ms },
  ]
}

/** The history with alert volumes and pull requests. */
export async function releasesProps(c: AppContext, services: Services): Promise<ReleasesProps> {
  const [releases, proposals] = await Promise.all([
    services.releases.list(RELEASES_SHOWN),
    services.proposals.list(PROPOSALS_KNOWN),
  ])
  const now = Date.now()
  const { content } = services.settings
  return {
    releases,
    live: services.releases.live(),
    volumes: await volumesOf(services, releases, now),
    pullRequests: new Map(
      releases.map((release) => [release.number, pullRequestsOf(release, proposals, content)]),
    ),
    canRelease: can(c.get('principal'), 'detections:write'),
    csrfToken: c.get('csrfToken') ?? '',
    origin: originOf(c),
    now,
  }
}

async function volumesOf(services: Services, releases: readonly ReleaseRecord[], now: number) {
  const counted = releases.slice(0, VOLUMES_SHOWN).flatMap((release) => {
    const windows = windowsOf(release, releases, now)
    return windows === undefined ? [] : [{ number: release.number, windows }]
  })
  const made = await services.state.countAlertsMade(counted.flatMap(({ windows }) => windows))
  return new Map(
    counted.map(({ number, windows: [before] }, n) => {
      const [then = 0, since = 0] = made.slice(2 * n, 2 * n + 2)
      const span_ms = before.to - before.from
      return [number, { before: then, after: since, span_ms }] as const
    }),
  )
}
