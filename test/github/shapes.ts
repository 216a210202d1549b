// Answers of the local GitHub: the description's own examples, with what is true here in the places that
// clients read.
import type { CommitFacts, Repository } from './repository.ts'
import { accountOf, type Comment, type Pull, type Status, template, type World } from './world.ts'

type Json = Record<string, unknown>

export function repositoryShape(world: World): Json {
  const { owner, repo, defaultBranch, pageUrl } = world
  const {
    parent: _,
    source: __,
    template_repository: ___,
    organization: ____,
    ...shape
  } = template(world, 'full-repository-default-response')
  return {
    language: null,
    ...shape,
    name: repo,
    full_name: `${owner}/${repo}`,
    owner: accountOf(world, { login: owner, type: 'User' }),
    default_branch: defaultBranch,
    clone_url: `${pageUrl}/${owner}/${repo}.git`,
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  }
}

/** A pull request as its own page has it; `simple` as lists do. */
export async function pullShape(world: World, pull: Pull, simple: boolean): Promise<Json> {
  const { git, owner, repo, comments } = world
  const plain = JSON.stringify(template(world, simple ? 'pull-request-simple' : 'pull-request'))
    .replaceAll('/1347', `/${pull.number}`)
    .replaceAll('/1296269', '/1')
  const {
    auto_merge: _,
    milestone: __,
    merged_by: ___,
    ...shape
  } = JSON.parse(plain.startsWith('[') ? plain.slice(1, -1) : plain) as Json
  const side = (ref: string, sha: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: accountOf(world, { login: owner, type: 'User' }),
    repo: { ...repositoryShape(world), name: repo },
  })
  const common = {
    ...shape,
    id: pull.id,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    user: accountOf(world, pull.user),
    labels: [],
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: null,
    created_at: pull.created,
    updated_at: pull.updated,
    closed_at: pull.closed ?? null,
    merged_at: pull.merge?.at ?? null,
    merge_commit_sha: pull.merge?.sha ?? null,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
  }
  if (simple) return common
  return {
    ...common,
    merged: pull.merge !== undefined,
    merged_by: pull.merge === undefined ? null : accountOf(world, pull.merge.by),
    mergeable: pull.state === 'open' ? await isMergeable(git, pull) : null,
    mergeable_state: 'clean',
    comments: comments.filter((comment) => comment.pull === pull.number).length,
    review_comments: 0,
    ...(await sizeOf(git, pull)),
  }
}

async function isMergeable(git: Repository, pull: Pull): Promise<boolean> {
  return (await git.mergedTree(pull.baseSha, pull.headSha)) !== undefined
}

async function sizeOf(git: Repository, { baseSha, headSha }: Pull): Promise<Json> {
  const base = (await git.mergeBase(baseSha, headSha)) ?? baseSha
  const files = await git.changes(base, headSha)
  const sum = (of: 'additions' | 'deletions') => files.reduce((total, file) => total + file[of], 0)
  const commits = (await git.between(base, headSha)).length
  return {
    commits,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  }
}

export function commentShape(world: World, comment: Comment): Json {
  const { apiUrl, pageUrl, owner, repo } = world
  return {
    ...template(world, 'issue-comment'),
    id: comment.id,
    url: `${apiUrl}/repos/${owner}/${repo}/issues/comments/${comment.id}`,
    html_url: `${pageUrl}/${owner}/${repo}/pull/${comment.pull}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl}/repos/${owner}/${repo}/issues/${comment.pull}`,
    body: comment.body,
    user: accountOf(world, comment.user),
    created_at: comment.created,
    updated_at: comment.updated,
  }
}

export function statusShape(world: World, status: Status): Json {
  return {
    ...template(world, 'status'),
    id: status.id,
    url: `${world.apiUrl}/repos/${world.owner}/${world.repo}/statuses/${status.sha}`,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: accountOf(world, status.user),
    created_at: status.created,
    updated_at: status.created,
  }
}

/** A commit as lists and comparisons have it. */
export function commitShape(world: World, commit: CommitFacts): Json {
  const { apiUrl, pageUrl, owner, repo } = world
  const url = `${apiUrl}/repos/${owner}/${repo}/commits/${commit.sha}`
  return {
    url,
    sha: commit.sha,
    node_id: 'MDY6Q29tbWl0',
    html_url: `${pageUrl}/${owner}/${repo}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${apiUrl}/repos/${owner}/${repo}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: {
        url: `${apiUrl}/repos/${owner}/${repo}/git/trees/${commit.tree}`,
        sha: commit.tree,
      },
      comment_count: 0,
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${apiUrl}/repos/${owner}/${repo}/commits/${sha}`,
      html_url: `${pageUrl}/${owner}/${repo}/commit/${sha}`,
    })),
  }
}
