// Findings for GitHub's code scanning.
import { gzipSync } from 'node:zlib'
import type { Octokit } from '@octokit/core'
import { UsageError } from '../command.ts'

export interface SarifUpload {
  readonly owner: string
  readonly repo: string
  /** The commit that was looked at, and the ref it stands for: `refs/pull/7/merge`. */
  readonly commit: string
  readonly ref: string
  readonly text: string
}

/** GitHub's limit of an upload, gzipped, bytes. */
const SARIF_BYTES_MAX = 10 * 1024 * 1024

/** Uploads a SARIF log; resolves with the id of the upload. */
export async function uploadSarif(
  octokit: Octokit,
  { owner, repo, commit, ref, text }: SarifUpload,
): Promise<string> {
  const bytes = gzipSync(text)
  if (bytes.length > SARIF_BYTES_MAX)
    throw new UsageError(
      `the SARIF log has ${bytes.length} bytes, at most ${SARIF_BYTES_MAX} are taken`,
    )
  const { data } = await octokit.request('POST /repos/{owner}/{repo}/code-scanning/sarifs', {
    ...{ owner, repo, ref, commit_sha: commit },
    sarif: bytes.toString('base64'),
    tool_name: 'trapline',
  })
  return data.id ?? ''
}
