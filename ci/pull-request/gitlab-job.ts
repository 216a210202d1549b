// What a job of GitLab's CI says about the merge request that it runs for.
import { UsageError } from '../command.ts'
import { createGitLab, type GitLab } from './gitlab.ts'
import type { MergeRequestRef } from './gitlab-note.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether the comment is to be a note of GitLab. */
export function isGitLab(env: Environment): boolean {
  return env.GITLAB_CI === 'true'
}

/** The client of a job. Throws `UsageError` where the token or the address is missing. */
export function gitLabOf(env: Environment, onWait: (message: string) => void): GitLab {
  const { TRAPLINE_GITLAB_TOKEN: token, CI_API_V4_URL: api } = env
  if (!token) throw new UsageError('no token: set TRAPLINE_GITLAB_TOKEN')
  if (!api) throw new UsageError('no address of the API: set CI_API_V4_URL')
  return createGitLab({ token, api, onWait })
}

/** The merge request of options, else of the job. Its project is not the job's where it comes from a fork. */
export function mergeRequestOf(
  env: Environment,
  project = env.CI_MERGE_REQUEST_PROJECT_ID || env.CI_PROJECT_ID,
  number = env.CI_MERGE_REQUEST_IID,
): MergeRequestRef {
  const iid = Number(number)
  if (!project) throw new UsageError('which project? --repository GROUP/NAME or its id')
  if (!number || !Number.isInteger(iid) || iid < 1)
    throw new UsageError('which merge request? --pull N')
  const web = env.CI_MERGE_REQUEST_PROJECT_URL || env.CI_PROJECT_URL
  const isOwn = number === env.CI_MERGE_REQUEST_IID
  const page = web && isOwn ? `${web}/-/merge_requests/${iid}` : undefined
  return { project, iid, page }
}
