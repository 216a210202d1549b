// The history of releases in state.db.
import type { Actor } from './access.ts'
import type { Context } from './context.ts'
import { enqueue } from './outbox-writer.ts'
import type { NewRelease, ReleaseRecord, ReleaseStore } from './releases.ts'
import { optional, text } from './rows.ts'

export const RELEASES_PAGE_MAX = 200
/** GitHub's limit of a status' description. */
const DESCRIPTION_MAX_CHARACTERS = 140

export function createReleaseStore({ database, now }: Context): ReleaseStore {
  return {
    recordRelease: (release, by: Actor) =>
      database.write((write) => {
        write.add(
          `INSERT INTO releases
             (commit_id, previous, author, subject, way, status, at, by, rules, summary, findings,
              report)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            release.commit,
            release.previous ?? null,
            release.author,
            release.subject,
            release.way,
            release.status,
            now(),
            by.name,
            release.rules,
            release.summary,
            JSON.stringify(release.findings),
            release.report === undefined ? null : JSON.stringify(release.report),
          ],
        )
        write.audit(
          {
            action: `release.${release.way}`,
            object: `commit ${release.commit}`,
            ...(release.previous === undefined ? {} : { before: release.previous }),
            after: release.status,
          },
          by,
        )
        if (release.way !== 'seed') enqueue(write, statusOf(release, now()))
      }),
    countAlertsMade: (windows) =>
      Promise.all(
        windows.map(async ({ from, to }) => {
          const row = await database.first(
            `SELECT count(*) AS n FROM alerts INDEXED BY alerts_by_created
             WHERE created >= ? AND created < ?`,
            [from, to],
          )
          return Number(row?.n ?? 0)
        }),
      ),
    alertsMade: (windows) =>
      Promise.all(
        windows.map(async ({ from, to }) => {
          const rows = await database.all(
            `SELECT rule_id, count(*) AS n FROM alerts INDEXED BY alerts_by_created
             WHERE created >= ? AND created < ? GROUP BY rule_id`,
            [from, to],
          )
          return Object.fromEntries(rows.map((row) => [text(row.rule_id), Number(row.n)]))
        }),
      ),
    listReleases: async (limit) =>
      (
        await database.all('SELECT * FROM releases ORDER BY number DESC LIMIT ?', [
          Math.min(limit, RELEASES_PAGE_MAX),
        ])
      ).map((row) => ({
        number: Number(row.number),
        commit: text(row.commit_id),
        ...optional('previous', row.previous),
        author: text(row.author),
        subject: text(row.subject),
        way: text(row.way) as ReleaseRecord['way'],
        status: text(row.status) as ReleaseRecord['status'],
        at: Number(row.at),
        by: text(row.by),
        rules: Number(row.rules),
        summary: text(row.summary),
        findings: JSON.parse(text(row.findings)),
        ...(row.report === null ? {} : { report: JSON.parse(text(row.report)) }),
      })),
  }
}

/** What people read at the commit. */
function statusOf(release: NewRelease, at: number) {
  const { commit, status, way, rules, findings } = release
  const isLive = status === 'live'
  const why = findings.find(({ severity }) => severity === 'error')
  const text = isLive
    ? `${way === 'rollback' ? 'live again' : 'live'}: ${rules} rules`
    : `refused: ${why?.message ?? release.summary}`
  const description = text.slice(0, DESCRIPTION_MAX_CHARACTERS)
  const payload = { commit, state: isLive ? 'success' : 'failure', description }
  return { kind: 'commit-status', topic: `commit ${commit}`, payload, at } as const
}
