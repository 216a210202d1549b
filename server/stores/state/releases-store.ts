// The history of releases in state.db.
import type { Actor } from './access.ts'
import type { Context } from './context.ts'
import type { ReleaseRecord, ReleaseStore } from './releases.ts'
import { optional, text } from './rows.ts'

export const RELEASES_PAGE_MAX = 200

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
      }),
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
