// What a running server has live, for a plan against it.
import { z } from 'zod'
import { ask, type ServerAccess } from '../send/api.ts'

export interface LiveRule {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly level: string
  readonly status: string
  /** SHA-256 of the document. */
  readonly hash: string
}

const Releases = z.object({ live: z.string().nullable() })
const Rules = z.object({
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      path: z.string(),
      level: z.string(),
      status: z.string(),
      hash: z.string(),
      overlay: z.boolean(),
    }),
  ),
})

/** The commit that is live; undefined while the program's own content is. */
export async function liveCommit(access: ServerAccess): Promise<string | undefined> {
  const answer = await ask(access, '/api/v1/releases?limit=1')
  return Releases.parse(await answer.json()).live ?? undefined
}

/** Rules of the live content; those of `TRAPLINE_RULES` folders are not part of it. */
export async function liveRules(access: ServerAccess): Promise<readonly LiveRule[]> {
  const answer = await ask(access, '/api/v1/detections/rules')
  return Rules.parse(await answer.json()).rules.filter(({ overlay }) => !overlay)
}
