// Who wrote the lines of a rule: `git blame` of a part of a file, summed up by commit.
import { attempt } from './repository.ts'

export interface BlameCommit {
  readonly commit: string
  readonly author: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly subject: string
}

export interface Blame {
  readonly commits: readonly (BlameCommit & { readonly lines: number })[]
  /** For each line the index of its commit in `commits`. */
  readonly lines: readonly number[]
}

/** Blames `count` lines from line `first` (from 1) of a file as a commit has it; the newest commit first.
 * Undefined when the commit or the file is not there. */
export async function blame(
  gitFolder: string,
  commit: string,
  path: string,
  first: number,
  count: number,
): Promise<Blame | undefined> {
  const range = `${first},+${Math.max(1, count)}`
  const args = ['blame', '--porcelain', '-L', range, commit, '--', path]
  const { ok, out } = await attempt(gitFolder, args)
  return ok ? parseBlame(out) : undefined
}

const HEAD = /^([0-9a-f]{40,64}) \d+ \d+(?: \d+)?$/

/** Parses `git blame --porcelain`. */
export function parseBlame(out: string): Blame {
  const facts = new Map<string, { author: string; at: number; subject: string }>()
  const order: string[] = []
  let current = ''
  for (const line of out.split('\n')) {
    const head = HEAD.exec(line)?.[1]
    if (head !== undefined) current = head
    else if (line.startsWith('\t')) order.push(current)
    else {
      const known = facts.getOrInsert(current, { author: '', at: 0, subject: '' })
      if (line.startsWith('author ')) known.author = line.slice(7)
      else if (line.startsWith('author-time ')) known.at = Number(line.slice(12)) * 1000
      else if (line.startsWith('summary ')) known.subject = line.slice(8)
    }
  }
  const counts = new Map<string, number>()
  for (const commit of order) counts.set(commit, (counts.get(commit) ?? 0) + 1)
  const commits = [...counts]
    .map(([commit, lines]) => ({ commit, lines, ...facts.get(commit)! }))
    .sort((a, b) => b.at - a.at)
  const places = new Map(commits.map(({ commit }, n) => [commit, n]))
  return { commits, lines: order.map((commit) => places.get(commit)!) }
}
