/** @jsxImportSource hono/jsx */
// What the editor asks while someone types: findings and tests, completion, a save, a preview.
import { Hono } from 'hono'
import { z } from 'zod'
import { KIND } from '../../../ci/lsp/protocol.ts'
import { Checks, checkFacts } from '../../../views/editor/checks.tsx'
import { Effect } from '../../../views/editor/effect.tsx'
import { urls } from '../../../views/urls.ts'
import { type AppContext, type AppEnv, keepOpen } from '../../middleware/env.ts'
import type { DraftFinding } from '../../services/draft-check.ts'
import { DRAFT_LENGTH_MAX_CHARACTERS } from '../../services/draft-content.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import {
  addressOf,
  filesOf,
  rangeOfDays,
  readForm,
  requireEngineer,
  saveForm,
} from './editor-form.ts'
import { formOf } from './forms.ts'

/** Suggestions sent at once. */
const SUGGESTIONS_MAX = 500

export function askRoutes(services: Services) {
  const app = new Hono<AppEnv>()
  app.post(urls.editorCheck.pattern, (c) => check(c, services))
  app.post(urls.editorComplete.pattern, (c) => complete(c, services))
  app.post(urls.editorSave.pattern, (c) => save(c, services))
  app.post(urls.editorPreview.pattern, (c) => preview(c, services))
  return app
}

async function check(c: AppContext, { drafts }: Services) {
  requireEngineer(c)
  const form = await readForm(c)
  const found = await drafts.check(filesOf(form), form.rule === '' ? undefined : form.rule)
  return c.json({
    findings: found.findings.map((finding) => shownFinding(finding, form.path)),
    html: (<Checks check={found} path={form.path} />).toString(),
    facts: checkFacts(found),
    tests: found.tests.length,
  })
}

function shownFinding({ severity, code, message, path, range, fix }: DraftFinding, own: string) {
  return {
    ...{ severity, code, message },
    file: path === own ? 'text' : 'test',
    from: range.start,
    to: range.end,
    fixes: fix === undefined ? [] : [{ title: fix.title, edits: fix.edits }],
  }
}

const Completion = z.object({
  text: z
    .string()
    .max(2 * DRAFT_LENGTH_MAX_CHARACTERS)
    .transform((all) => all.replaceAll('\r\n', '\n')),
  line: z.coerce.number().int().min(0),
  character: z.coerce.number().int().min(0),
})

const KINDS = new Map<number, string>(Object.entries(KIND).map(([name, kind]) => [kind, name]))

async function complete(c: AppContext, { drafts }: Services) {
  requireEngineer(c)
  const { text, line, character } = await formOf(c, Completion)
  const items = drafts.complete(text, { line, character }).slice(0, SUGGESTIONS_MAX)
  return c.json(
    items.map(({ label, kind, detail, documentation, textEdit }) => ({
      ...{ label, kind: KINDS.get(kind) ?? 'text' },
      ...(detail === undefined ? {} : { detail }),
      ...(documentation === undefined ? {} : { info: documentation }),
      from: textEdit?.range.start.character ?? character,
    })),
  )
}

/** Saves in the background; a refusal is told beside the text and loses nothing of it. */
async function save(c: AppContext, services: Services) {
  requireEngineer(c)
  try {
    const draft = await saveForm(c, services, await readForm(c))
    return c.json({ draft: draft.id, version: draft.version, address: addressOf(draft) })
  } catch (error) {
    const known = explainError(error)
    if (known === undefined) throw error
    return c.json({ error: known.message }, known.status as 400)
  }
}

/** The preview as lines of JSON: how far it is, then the result. Ends when the caller goes away. */
async function preview(c: AppContext, { drafts }: Services) {
  requireEngineer(c)
  const form = await readForm(c)
  keepOpen(c)
  const stop = new AbortController()
  const signal = AbortSignal.any([c.req.raw.signal, stop.signal])
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    start: async (into) => {
      const say = (line: object) => {
        if (!signal.aborted) into.enqueue(encoder.encode(`${JSON.stringify(line)}\n`))
      }
      try {
        const result = await drafts.preview({
          ...{ files: filesOf(form), range: rangeOfDays(form.days), signal },
          ruleId: form.rule === '' ? undefined : form.rule,
          onProgress: (progress) => say({ progress }),
        })
        say({ html: (<Effect preview={result} />).toString() })
      } catch (error) {
        if (signal.aborted) return
        const known = explainError(error)
        if (known === undefined) console.error(`${c.get('requestId')} preview: ${String(error)}`)
        say({
          error:
            known?.message ?? `Trapline failed; its log has the cause (${c.get('requestId')}).`,
        })
      } finally {
        if (!signal.aborted) into.close()
      }
    },
    cancel: () => stop.abort(),
  })
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } })
}
