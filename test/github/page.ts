// The page of a pull request on the local GitHub: enough for a browser to follow a link to it.
import type { World } from './world.ts'

/** `/OWNER/REPO/pull/N` and `/OWNER/REPO/compare/...`; 404 for anything else. */
export function pullPage(world: World, pathname: string): Response {
  const { owner, repo, pulls, comments } = world
  const found = new RegExp(`^/${owner}/${repo}/pull/(\\d+)$`).exec(pathname)
  const pull = pulls.find(({ number }) => number === Number(found?.[1]))
  if (pull === undefined) return new Response('Not Found', { status: 404 })
  const own = comments.filter((comment) => comment.pull === pull.number)
  const merged = pull.merge === undefined ? pull.state : 'merged'
  const html = `<!doctype html><title>${Bun.escapeHTML(pull.title)}</title>
<h1>${Bun.escapeHTML(pull.title)} #${pull.number}</h1><p id="state">${merged}</p>
<pre id="body">${Bun.escapeHTML(pull.body)}</pre>
${own.map(({ user, body }) => `<h2>${Bun.escapeHTML(user.login)}</h2><pre>${Bun.escapeHTML(body)}</pre>`).join('\n')}`
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}
